// Chooses all or none of a list without loading it again, and counts what is chosen.

const bar = document.querySelector("[data-choose]");

if (bar) {
  const form = document.getElementById(bar.dataset.choose);
  const boxes = [...form.querySelectorAll("[type=checkbox]")];
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    bar.querySelector("[data-count]").textContent = `${chosen} of ${boxes.length} chosen`;
  };
  for (const [name, isChosen] of [["all", true], ["none", false]]) {
    bar.querySelector(`[data-${name}]`).addEventListener("click", (event) => {
      event.preventDefault();
      for (const box of boxes) box.checked = isChosen;
      count();
    });
  }
  form.addEventListener("input", count);
  window.addEventListener("pageshow", count);
}
