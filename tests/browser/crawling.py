"""A walk along the links of the console."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Page as Window

# A link in a drawing has no text as its href.
LINKS = """
[...document.querySelectorAll("a[href]")].map((one) =>
  new URL(one.getAttribute("href"), location).href.split("#")[0])
"""


def crawl(window: "Window", most_alike: int) -> Iterator[str]:
    """Open each page that links lead to, a few of each kind, and yield its address."""
    waiting, seen, kinds = ["/"], set(), Counter[tuple[str, tuple[str, ...]]]()
    while waiting:
        window.goto(waiting.pop(0))
        yield window.url
        for url in window.evaluate(LINKS):
            kind = _kind(url)
            if url in seen or kinds[kind] >= most_alike or "127.0.0.1" not in url:
                continue
            seen.add(url)
            kinds[kind] += 1
            waiting.append(url)


def _kind(url: str) -> tuple[str, tuple[str, ...]]:
    parts = urlsplit(url)
    names = tuple(sorted(name for name, _ in parse_qsl(parts.query)))
    return re.sub(r"\d+", "N", parts.path), names
