"""What can be read off a window: its accessibility, its widths, what it has moved."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page as Window

AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
EVERYTHING = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
# A theme changes colours and nothing else: these are the rules that look at them.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# A size and a theme also change what is there to be seen, pressed and named.
SEEN = {
    "type": "rule",
    "values": [
        *COLOURS["values"],
        *("target-size", "region", "scrollable-region-focusable", "heading-order", "empty-heading"),
        *("button-name", "link-name", "input-button-name", "label", "select-name", "summary-name"),
        *("label-content-name-mismatch", "aria-hidden-focus", "skip-link", "bypass"),
        *("landmark-one-main", "page-has-heading-one"),
    ],
}
# What decides whether a text is legible and a link told from the text around it: its colour and
# size, and whatever lies behind it. Two texts alike in all that are alike to axe too, which asks
# nothing of what cannot be seen, and less of what is switched off.
SHADES = """
() => {
  const behind = new Map();
  const ground = (one) => {
    if (!one) return "";
    if (!behind.has(one)) {
      const {backgroundColor, backgroundImage, opacity, position} = getComputedStyle(one);
      const own = [backgroundColor, backgroundImage, opacity, position].join();
      const isPlain = own === "rgba(0, 0, 0, 0),none,1,static";
      behind.set(one, (isPlain ? "" : `${own};`) + ground(one.parentElement));
    }
    return behind.get(one);
  };
  const found = new Set();
  for (const one of document.body.querySelectorAll("*")) {
    const {width, height} = one.getBoundingClientRect();
    if (width < 2 || height < 2 || !one.checkVisibility({visibilityProperty: true})) continue;
    const isText = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!isText && !one.matches("input, select, textarea")) continue;
    const own = getComputedStyle(one);
    const text = [own.color, own.fontSize, own.fontWeight, own.textShadow];
    const link = [one.tagName, own.textDecoration, getComputedStyle(one.parentElement).color];
    const isOff = Boolean(one.closest(":disabled, [aria-disabled=true]"));
    found.add([...text, ...link, isOff, ground(one)].join());
  }
  return [...found];
}
"""
# Of each violation: the rule, and the elements.
RUN_AXE = """
async ({rules, without}) => {
  const off = Object.fromEntries(without.map((rule) => [rule, {enabled: false}]));
  const options = {runOnly: rules, rules: off, resultTypes: ["violations"], preload: false};
  const found = await axe.run(document, options);
  return found.violations.map(({id, nodes}) =>
    `${id}: ${nodes.map(({target, failureSummary}) => `${target} ${failureSummary}`).join("; ")}`);
}
"""
# How wide the page is, and what ends beyond the window, where that is not all in the window; and
# what scrolls sideways and cannot be reached or has no name.
OVERFLOW = """
() => {
  const scrollers = [...document.querySelectorAll("main *")].filter((one) => {
    if (one.scrollWidth <= one.clientWidth || one.matches("textarea")) return false;
    if (!["auto", "scroll"].includes(getComputedStyle(one).overflowX)) return false;
    const isNamed = one.ariaLabel || one.getAttribute("aria-labelledby");
    return !(isNamed && (one.tabIndex >= 0 || one.querySelector("a, button, input")));
  }).map((one) => `${one.tagName} ${one.className}`);
  const {clientWidth, scrollWidth} = document.documentElement;
  if (scrollWidth <= clientWidth) return scrollers;
  const beyond = [...document.body.querySelectorAll("*")].filter((one) =>
    one.scrollWidth > clientWidth || one.getBoundingClientRect().right > clientWidth + 1);
  const outside = beyond.map((one) => `${one.tagName} ${one.className}`);
  return [`${scrollWidth} px`, ...outside, ...scrollers];
}
"""
# What is covered while it has the focus (WCAG 2.2, 2.4.11): each stop of the tab key gets the focus
# in turn, from the first to the last or back, and is looked for at its middle and its corners.
# Nothing that sticks to the window may cover a part of it, and nothing may cover it wholly.
COVERED = """
() => [false, true].flatMap((isBack) => {
  const stops = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']",
  )].filter((one) => !one.disabled && one.checkVisibility({visibilityProperty: true}));
  const isStuck = (one) => one !== document.body
    && (["sticky", "fixed"].includes(getComputedStyle(one).position) || isStuck(one.parentElement));
  const coverOf = (here, x, y) => {
    const there = document.elementFromPoint(x, y) ?? document.body;
    const isOwn = here.contains(there) || there.closest("label")?.contains(here);
    return isOwn ? null : there;
  };
  const found = [];
  document.activeElement.blur();
  scrollTo(0, isBack ? document.documentElement.scrollHeight : 0);
  for (const here of isBack ? stops.reverse() : stops) {
    here.focus();
    if (document.activeElement !== here) continue;
    const {left, right, top, bottom} = here.getBoundingClientRect();
    const [west, east] = [Math.max(left, 0) + 4, Math.min(right, innerWidth) - 4];
    const [north, south] = [Math.max(top, 0) + 4, Math.min(bottom, innerHeight) - 4];
    const middle = [(west + east) / 2, (north + south) / 2];
    const corners = [[west, north], [east, north], [west, south], [east, south]];
    const covers = [middle, ...corners].map(([x, y]) => coverOf(here, x, y));
    const fits = bottom - top < innerHeight / 2;
    const stuck = fits && covers.find((one) => one && !one.contains(here) && isStuck(one));
    const cover = stuck || (covers.every(Boolean) && covers[0]);
    if (cover) found.push(`${here.outerHTML.slice(0, 99)} below ${cover.outerHTML.slice(0, 60)}`);
  }
  return found;
})
"""
SHIFT = """
() => new Promise((tell) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) sum += entry.value;
  }).observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => tell(sum)));
})
"""


@cache
def _axe() -> str:
    return AXE.read_text()


def violations(
    window: "Window", rules: dict[str, Any] = EVERYTHING, *, seen: set[str] | None = None
) -> list[str]:
    """Return what axe finds wrong with the page.

    Args:
        window: It shows the page.
        rules: What axe is asked.
        seen: The shades of the texts that the rules of COLOURS have passed on other pages, to
            which those of this page are added; those rules are left out where all are known.
    """
    without = []
    if seen is not None:
        shades = set(window.evaluate(SHADES))
        without = [] if shades - seen else COLOURS["values"]
        seen |= shades
    if rules is COLOURS and without:
        return []
    if rules["type"] == "rule":
        rules = rules | {"values": [one for one in rules["values"] if one not in without]}
        without = []
    if not window.evaluate("'axe' in globalThis"):
        window.evaluate(_axe())
    found: list[str] = window.evaluate(RUN_AXE, {"rules": rules, "without": without})
    return found


def overflow(window: "Window") -> list[str]:
    """Return what makes the page scroll sideways, and what scrolls without a name."""
    found: list[str] = window.evaluate(OVERFLOW)
    return found


def covered(window: "Window") -> list[str]:
    """Return what is covered while it has the focus, on the way forwards and back."""
    found: list[str] = window.evaluate(COVERED)
    return found


def shift(window: "Window") -> float:
    """Return how much the page has moved since it was opened (Cumulative Layout Shift)."""
    moved: float = window.evaluate(SHIFT)
    return moved
