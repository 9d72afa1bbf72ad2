// Without this file, the time zone is chosen from a list. With it, that of the browser is offered.

const { timeZone } = Intl.DateTimeFormat().resolvedOptions();

for (const form of document.querySelectorAll("[data-zone]")) {
  if (!timeZone?.includes("/") || timeZone.startsWith("Etc/") || timeZone === form.dataset.zone) continue;
  form.elements.namedItem("zone").value = timeZone;
  form.querySelector("button span").textContent = timeZone.replaceAll("_", " ");
  form.hidden = false;
}
