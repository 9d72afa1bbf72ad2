"""Reviews: the content that a review showed, carried by its form and compared at the save."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import func, select

from app.domain import etags
from app.domain.errors import ChangedMeanwhile
from app.models import DbSession, Permission, Role, User

# A form carries so many ids at most, the lowest ones; of more rows only the number.
CARRIED = 1000
NAMED = 20
_ROWS = re.compile(r"([a-z0-9-]{1,40})=([0-9]{1,10}):((?:[0-9]{1,10},){0,1000})")
_NAMES: Mapping[type[Any], Any] = {
    User: func.coalesce(func.nullif(User.full_name, ""), User.username),
    Role: Role.name,
    Permission: Permission.code,
}

Table = type[User | Role | Permission]


class ReviewOutdated(ChangedMeanwhile):
    """The change would no longer do what its review showed."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or "The effects of this change differ from what you reviewed.")


@dataclass(frozen=True)
class ReviewedRows:
    """The users, roles or permissions that one part of a review is about.

    Attributes:
        label: Their heading.
        table: Their table.
        ids: The lowest ids.
        count: The number of rows.
        check: A sum over all ids, if ``ids`` has only some of them.
    """

    label: str
    table: Table
    ids: frozenset[int]
    count: int
    check: int = 0


@dataclass(frozen=True)
class ReviewContent:
    """The content of a review.

    Attributes:
        names: The names and texts that the review showed, as JSON takes them.
        parts: The rows that it was about, by short keys.
    """

    names: Sequence[Any]
    parts: Mapping[str, ReviewedRows]

    @property
    def etag(self) -> str:
        """The digest of the content."""
        rows = [
            (key, part.count, part.check or sorted(part.ids)) for key, part in self.parts.items()
        ]
        return etags.of([self.names, rows])

    @property
    def text(self) -> str:
        """The content as the field of a form: the digest, and the rows to compare later."""
        return " ".join([self.etag, *(_written(key, part) for key, part in self.parts.items())])


class ReviewDifference(NamedTuple):
    """A difference between two contents of a review: the names and numbers of one part."""

    label: str
    are_users: bool
    added: tuple[str, ...]
    removed: tuple[str, ...]
    before: int
    after: int


def rows_of(label: str, table: Table, ids: Collection[int]) -> ReviewedRows:
    """Return a part of a review with all its ids at hand."""
    check = 0 if len(ids) <= CARRIED else int(etags.of(sorted(ids))[:15], 16)
    return ReviewedRows(label, table, frozenset(sorted(ids)[:CARRIED]), len(ids), check)


def hold(reviewed: str | None, content: ReviewContent) -> None:
    """Refuse to save a change that has other effects than its review showed.

    Args:
        reviewed: The field of the form; None for a command, which shows no review.
        content: The content that a review would have now, read under the locks of the save.

    Raises:
        ReviewOutdated: The contents differ.
    """
    if reviewed is not None and reviewed.partition(" ")[0] != content.etag:
        raise ReviewOutdated


def differences(
    session: DbSession, reviewed: str, content: ReviewContent
) -> list[ReviewDifference]:
    """Return the differences between a reviewed content and the present one, with names."""
    before = {key: _read(count, ids) for key, count, ids in _ROWS.findall(reviewed)}
    found = [
        _difference(session, part, *before.get(key, (0, frozenset())))
        for key, part in content.parts.items()
    ]
    return [row for row in found if row.added or row.removed or row.before != row.after]


def _written(key: str, part: ReviewedRows) -> str:
    ids = "".join(f"{row_id}," for row_id in sorted(part.ids))
    return f"{key}={part.count}:{ids}"


def _read(count: str, ids: str) -> tuple[int, frozenset[int]]:
    return int(count), frozenset(int(row_id) for row_id in ids.split(",") if row_id)


def _difference(
    session: DbSession, part: ReviewedRows, count: int, ids: frozenset[int]
) -> ReviewDifference:
    # Of a longer list only the lowest ids are known. Above the last one of either nothing is.
    ends = [
        max(known, default=0)
        for known, rows in ((ids, count), (part.ids, part.count))
        if len(known) < rows
    ]
    known = min(ends) if ends else None
    added, removed = _upto(part.ids - ids, known), _upto(ids - part.ids, known)
    return ReviewDifference(
        part.label,
        part.table is User,
        tuple(_names(session, part.table, added)),
        tuple(_names(session, part.table, removed)),
        count,
        part.count,
    )


def _upto(ids: Iterable[int], last: int | None) -> list[int]:
    return sorted(row_id for row_id in ids if last is None or row_id <= last)


def _names(session: DbSession, table: Table, ids: Sequence[int]) -> list[str]:
    """Return the names of rows, up to a number; rows that are gone have none."""
    if not ids:
        return []
    query = select(table.id, _NAMES[table]).where(table.id.in_(ids[:NAMED]))
    names = dict(map(tuple, session.execute(query)))
    shown = [names.get(row_id, "deleted since") for row_id in ids[:NAMED]]
    return [*shown, f"{len(ids) - NAMED} more"] if len(ids) > NAMED else shown
