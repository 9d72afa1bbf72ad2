// "Edit all" works without this file: it counts and marks what is typed, and shows only that.

const bar = document.querySelector("[data-changes]");
const form = document.getElementById(bar.dataset.changes);
const only = bar.querySelector("[data-only-changed]");
const rows = [...form.querySelectorAll("[name$=-etag]")].map(({ name, parentElement }) =>
  ({ prefix: name.slice(0, -4), item: parentElement.closest(".setting") }));

const normalized = (text) => (text ?? "").replace(/\r\n?/g, "\n");

const isChanged = (data, prefix) => {
  const [isUnset, wasUnset] = [data.has(`${prefix}unset`), Boolean(data.get(`${prefix}base_unset`))];
  if (isUnset || wasUnset) return isUnset !== wasUnset;
  const [value, stored] = [data.get(`${prefix}value`), data.get(`${prefix}base`)];
  return value !== null && normalized(value) !== normalized(stored);
};

const editedBadge = () => {
  const badge = document.createElement("span");
  badge.className = "badge badge-accent";
  badge.dataset.edited = "";
  badge.textContent = "edited";
  return badge;
};

const update = () => {
  const data = new FormData(form);
  let count = 0;
  for (const { prefix, item } of rows) {
    const isEdited = isChanged(data, prefix);
    count += isEdited;
    item.classList.toggle("setting-open", isEdited && !item.matches(".setting-invalid"));
    const badge = item.querySelector("[data-edited]");
    if (isEdited && !badge) item.querySelector(".setting-key").append(editedBadge());
    if (!isEdited) badge?.remove();
  }
  bar.querySelector("[data-count]").textContent = `${count || "No"} unsaved change${count === 1 ? "" : "s"}`;
  bar.toggleAttribute("data-clean", !count);
};

// What is shown is decided once: a row does not vanish while somebody types in it.
const showOnlyChanged = (isOn) => {
  only.setAttribute("aria-pressed", String(isOn));
  for (const item of form.querySelectorAll(".setting")) {
    item.hidden = isOn && !item.matches(".setting-open, .setting-invalid");
  }
  for (const card of form.querySelectorAll(".card")) card.hidden = !card.querySelector(".setting:not([hidden])");
};

only.addEventListener("click", () => showOnlyChanged(only.getAttribute("aria-pressed") !== "true"));
// After the listener of app.js that clears "Not set".
document.addEventListener("input", update);
window.addEventListener("pageshow", update);
