"""A person without a mouse: every step is a key, and the focus can be seen on the way."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession
    from playwright.sync_api import Page as Window

SKIP = "Skip to main content"
# What a task needs is never farther than this from where the focus is.
MOST_STEPS = 45
# The focus is visible: outlined, in the window, and not covered by anything.
FOCUS = """
() => {
  const here = document.activeElement;
  const style = getComputedStyle(here);
  const box = here.getBoundingClientRect();
  const x = box.left + Math.min(box.width, innerWidth) / 2;
  const y = box.top + Math.min(box.height, innerHeight) / 2;
  const top = document.elementFromPoint(x, y);
  return {
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    uncovered: top !== null && (here.contains(top) || top.contains(here)),
    start: here === document.body || here === document.documentElement,
  };
}
"""


@dataclass
class Keyboard:
    """Works in a window by its keyboard, and fails where the focus is lost or is too far away."""

    window: "Window"

    def open(self, path: str) -> None:
        """Open a page by its address."""
        self.window.goto(path)
        self._settle()

    def tap(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.window.keyboard.press(key)

    def reach(self, name: str, by: str = "Tab") -> None:
        """Press the tab key until what has this name has the focus."""
        self._tap_until(by, lambda seen: seen == name, name)

    def reach_box(self, name: str) -> None:
        """Go to a box of the matrix: to its one stop by the tab key, then by arrow keys."""
        _, _, code = name.partition(" grants ")
        self._tap_until("Tab", lambda seen: " grants " in seen, "a box")
        self._tap_until("ArrowDown", lambda seen: seen.endswith(f" grants {code}"), code)
        if self.focus != name:
            self.reach(name, "ArrowRight")

    def go_back(self, name: str) -> None:
        """Go back to what has this name."""
        self.reach(name, "Shift+Tab")

    def skip(self) -> None:
        """Skip what every page begins with."""
        self.reach(SKIP)
        self.tap("Enter")
        self.window.wait_for_function("document.activeElement.id === 'main'")

    def write(self, text: str, into: str = "") -> None:
        """Type a text in place of what is there, here or in the field with this name."""
        if into:
            self.reach(into)
        self.tap("ControlOrMeta+a")
        self.window.keyboard.type(text)

    def choose(self, beginning: str, of: str) -> None:
        """Choose what begins like this in the list with this name."""
        self.reach(of)
        self.window.keyboard.type(beginning)

    def tick(self, *names: str) -> None:
        """Tick the boxes with these names."""
        for name in names:
            self.reach(name)
            self.tap("Space")

    def send(self, key: str = "Enter") -> None:
        """Press a key that opens a page, and wait for the page."""
        with self.window.expect_navigation():
            self.tap(key)
        self._settle()

    def follow(self, link: str) -> None:
        """Follow the link with this name."""
        self.reach(link)
        self.send()

    def press(self, button: str) -> None:
        """Press the button with this name, which opens a page."""
        self.reach(button)
        self.send("Space")

    def search(self, text: str) -> None:
        """Type a text into the field of the top bar, and send it."""
        self.reach(SKIP)
        for field in ("RAG Fortress", "Search settings, users, roles and permissions"):
            self.reach(field)
        self.write(text)
        self.send()

    @property
    def focus(self) -> str:
        """The name of what has the focus, as a screen reader says it."""
        here = self._tools.send("Runtime.evaluate", {"expression": "document.activeElement"})
        asked = {"objectId": here["result"]["objectId"], "fetchRelatives": False}
        [node] = self._tools.send("Accessibility.getPartialAXTree", asked)["nodes"]
        return str(node.get("name", {}).get("value", ""))

    @cached_property
    def _tools(self) -> "CDPSession":
        return self.window.context.new_cdp_session(self.window)

    def _tap_until(self, key: str, is_there: Callable[[str], bool], goal: str) -> None:
        passed = []
        for _ in range(MOST_STEPS):
            self.tap(key)
            passed.append(self._seen())
            if is_there(passed[-1]):
                return
        raise AssertionError(f"{key} does not reach {goal!r} in {MOST_STEPS} steps: {passed}.")

    def _settle(self) -> None:
        # Until two frames are alike: the page has scrolled to its fragment, and has given its focus
        # away. Where there are no scripts a page cannot be asked for its frames.
        body = self.window.wait_for_selector("body")
        assert body is not None
        body.wait_for_element_state("stable")

    def _seen(self) -> str:
        focus: dict[str, Any] = self.window.evaluate(FOCUS)
        if focus["start"]:
            return ""
        name = self.focus
        assert focus["outlined"], f"{name!r} has the focus, and no outline."
        assert focus["uncovered"], f"{name!r} has the focus, and cannot be seen."
        return name
