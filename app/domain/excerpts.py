"""Lists that are read as a whole, and the part of them that one page shows."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Generic, TypeVar

from app.domain.text import LINE_CHARACTERS

T = TypeVar("T")


@dataclass(frozen=True)
class Excerpt(Generic[T]):
    """The rows of a list that one page shows.

    Attributes:
        rows: The rows.
        first: The position of the first of them in the list, counted from 1.
        total: The number of rows in the list.
        before: The cursor of the page before: "" for the first page, None if there is none.
        after: The cursor of the page after; None if there is none.
    """

    rows: Sequence[T]
    first: int
    total: int
    before: str | None = None
    after: str | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether the page shows the whole list."""
        return len(self.rows) == self.total

    @property
    def extent(self) -> str:
        """The positions of the rows among all, or the number of all if they are shown."""
        if self.is_whole:
            return f"{self.total:,}"
        return f"{self.first:,}–{self.first + len(self.rows) - 1:,} of {self.total:,}"


def excerpt(
    groups: Iterable[Sequence[T]], size: int, after: str, name: Callable[[T], str]
) -> Excerpt[T]:
    """Return one page of a list.

    The pages are always cut alike, so that each leads back to the one that led to it. A group stays
    on one page if it fits.

    Args:
        groups: The rows of the list, in groups.
        size: The maximum number of rows on a page.
        after: The cursor: the name of the row before the page. Another text means the first page.
        name: Returns the name of a row, which no other row has.
    """
    pages = _pages(groups, size)
    starts = [0, *accumulate(map(len, pages))]
    names = [name(row) for page in pages for row in page]
    position = names.index(after) + 1 if after in names else 0
    index = min(bisect_right(starts, position), len(pages)) - 1
    return Excerpt(
        rows=pages[index],
        first=starts[index] + 1,
        total=len(names),
        before=("" if index == 1 else names[starts[index - 1] - 1]) if index else None,
        after=names[starts[index + 1] - 1] if index + 1 < len(pages) else None,
    )


def cursor(text: str | None) -> str:
    """Return the cursor of a URL or a field; "" for a text that no name fits."""
    return text if text and len(text) <= LINE_CHARACTERS else ""


def _pages(groups: Iterable[Sequence[T]], size: int) -> list[list[T]]:
    pages: list[list[T]] = [[]]
    for group in groups:
        for start in range(0, len(group), size):
            chunk = group[start : start + size]
            if pages[-1] and len(pages[-1]) + len(chunk) > size:
                pages.append([])
            pages[-1] += chunk
    return pages
