// Without this file, a category is a link to its settings alone. With it, the page jumps to those
// that are on it, and the list marks where one is.

const nav = document.querySelector(".jump-links");
const links = [...nav.querySelectorAll("[data-jump]")];
const all = nav.querySelector("[aria-current]");
const cards = links.map((link) => document.getElementById(link.dataset.jump));
let isWaiting = false;

const mark = () => {
  isWaiting = false;
  const edge = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) + 1;
  const index = window.scrollY ? cards.findLastIndex((card) => card.getBoundingClientRect().top <= edge) : -1;
  const current = links[index] ?? all;
  for (const link of [all, ...links]) {
    if (link === current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const [top, height] = [current.offsetTop - nav.offsetTop, current.offsetHeight];
  nav.scrollTop = Math.min(Math.max(nav.scrollTop, top + height - nav.clientHeight), top);
};

nav.addEventListener("click", (event) => {
  const link = event.target.closest("[data-jump]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  location.hash = link.dataset.jump;
});
document.addEventListener("scroll", () => {
  if (!isWaiting) requestAnimationFrame(mark);
  isWaiting = true;
}, { passive: true });
