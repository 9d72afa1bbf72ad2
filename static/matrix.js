// The matrix works without this file. With it, the bar counts the boxes that differ from the stored
// grants, arrow keys move between the boxes, and a group of permissions is selected at once.

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

// The cells of a column in a group of permissions, below the row that names the group.
const boxesOf = (cell) => [...cell.closest("tbody").rows]
  .map((row) => row.cells[cell.cellIndex].querySelector("input")).filter(Boolean);

const selectGroup = (button) => {
  const boxes = boxesOf(button.closest("td"));
  const isSelecting = boxes.some((box) => !box.checked);
  for (const box of boxes) box.checked = isSelecting;
  update(boxes);
};

const addGroupButtons = () => {
  const names = [...form.querySelectorAll("thead a")].map((link) => link.textContent.trim());
  for (const row of form.querySelectorAll(".resource-row")) {
    for (const cell of [...row.cells].slice(1)) {
      if (!boxesOf(cell).length) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = cell.textContent;
      button.title = `Select all of ${row.cells[0].textContent.trim()} for ${names[cell.cellIndex - 1]}, or none`;
      button.setAttribute("aria-label", `${button.textContent}. ${button.title}`);
      cell.replaceChildren(button);
    }
  }
};

// One stop for the Tab key; from there on, arrow keys, as in a grid (WAI-ARIA Authoring Practices).
const control = (cell) => cell?.querySelector("input, button");
let stop;

const moveTo = (next) => {
  if (stop) stop.tabIndex = -1;
  stop = next;
  stop.tabIndex = 0;
};

const along = (cell, rowStep, columnStep) => {
  const rows = [...form.querySelector("table").rows];
  let [row, column] = [rows.indexOf(cell.parentElement), cell.cellIndex];
  do [row, column] = [row + rowStep, column + columnStep];
  while (rows[row]?.cells[column] && !control(rows[row].cells[column]));
  return control(rows[row]?.cells[column]);
};

const atEdge = (cell, isLast) => {
  const controls = [...cell.parentElement.cells].map(control).filter(Boolean);
  return controls.at(isLast ? -1 : 0);
};

const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

form.addEventListener("keydown", (event) => {
  const cell = event.target.closest("td");
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  const next = steps[event.key] ? along(cell, ...steps[event.key])
    : /^(Home|End)$/.test(event.key) && atEdge(cell, event.key === "End");
  if (next === false) return;
  event.preventDefault();
  next?.focus();
});
form.addEventListener("focusin", ({ target }) => {
  if (target.closest("td")) moveTo(target);
});
form.addEventListener("click", ({ target }) => {
  if (target.matches(".resource-row button")) selectGroup(target);
});
form.addEventListener("change", ({ target }) => update([target]));
window.addEventListener("pageshow", () => update(form.querySelectorAll("td input")));

addGroupButtons();
const controls = form.querySelectorAll("td input, td button");
for (const each of controls) each.tabIndex = -1;
if (controls.length) moveTo(form.querySelector("td input"));
