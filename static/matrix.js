// The matrix works without this file: it counts the boxes that differ from the stored grants.

const bar = document.querySelector("[data-cells]");
const form = document.getElementById(bar.dataset.cells);
const changed = new Set();

// The server marks unsaved changes.
const isChanged = (box) => (box.checked !== box.defaultChecked) !== Boolean(box.closest(".added, .removed"));

// After a click, only that box is looked at: there may be ten thousand.
const update = (boxes) => {
  for (const box of boxes) changed[isChanged(box) ? "add" : "delete"](box);
  const count = changed.size;
  bar.querySelector("[data-count]").textContent = `${count || "No"} unsaved change${count === 1 ? "" : "s"}`;
  bar.toggleAttribute("data-clean", !count);
};

form.addEventListener("change", ({ target }) => update([target]));
window.addEventListener("pageshow", () => update(form.querySelectorAll("td input")));
