"""Paging by key: a page starts after (or before) a row, never at an offset."""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, or_, select

from app.domain.errors import InvalidValue
from app.models import DbSession

SIZE = 50
COUNTED = 10_000  # rows, up to which lists say how many there are
_KEY_NAMES = ("key_value", "key_id")
# Stands for the key of a start in a query that is made once for many.
KEY: Any = tuple(bindparam(name) for name in _KEY_NAMES)
# NUL and halves of surrogate pairs: some databases refuse even to be asked for them.
NEVER_STORED = re.compile(r"[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Cursors:
    """Where a page starts: after a row, or before one."""

    after: str | None = None
    before: str | None = None


@dataclass(frozen=True)
class Sort:
    """An order of rows: a column, and the id where the column is equal.

    Attributes:
        column: What the rows are sorted by.
        id: What tells rows apart that have the same there.
        descending: Whether the highest comes first.
        is_unique: Whether no two rows have the same there. The id then stays out of the ORDER BY:
            with it, MariaDB sorts rather than read a unique index in its order.
    """

    column: Any
    id: Any
    descending: bool = False
    is_unique: bool = False

    def order(self, *, backwards: bool, by_index: bool = True) -> list[ColumnElement[Any]]:
        """Return the ORDER BY terms, reversed when paging backwards.

        Args:
            backwards: Whether the page is read from its end.
            by_index: Whether an index may answer them. Without, they are what none is made of.
        """
        columns = [self.column] if self.is_unique else [self.column, self.id]
        terms = columns if by_index else [func.coalesce(column, column) for column in columns]
        if self.descending != backwards:
            return [term.desc() for term in terms]
        return [term.asc() for term in terms]

    def beyond(self, key: tuple[Any, int], *, backwards: bool) -> ColumnElement[bool]:
        """Return the condition for the rows beyond ``key``.

        Written out rather than as a row value, for which MariaDB uses no index.
        """
        value, row_id = key
        is_down = self.descending != backwards
        further: ColumnElement[bool] = self.column < value if is_down else self.column > value
        if self.is_unique:
            return further
        if is_down:
            return and_(self.column <= value, or_(further, self.id < row_id))
        return and_(self.column >= value, or_(further, self.id > row_id))


@dataclass(frozen=True)
class Start:
    """Where a page starts: beyond the row with a key, or with the first row of its direction."""

    sort: Sort
    key: tuple[Any, int] | None = None
    backwards: bool = False

    @property
    def kind(self) -> "Start":
        """Any start of this kind: the key of this one is left open, and `values` has it."""
        return replace(self, key=KEY if self.key else None)

    @property
    def values(self) -> dict[str, Any]:
        """The key, by the names under which `kind` leaves it open."""
        return dict(zip(_KEY_NAMES, self.key or (), strict=False))

    def cut(self, query: Select[Any]) -> Select[Any]:
        """Leave out of a query what is not beyond the start."""
        if self.key is None:
            return query
        return query.where(self.sort.beyond(self.key, backwards=self.backwards))

    def order(self, *, by_index: bool = True) -> list[ColumnElement[Any]]:
        """Return the ORDER BY terms of a page that starts here; see `Sort.order`."""
        return self.sort.order(backwards=self.backwards, by_index=by_index)


@dataclass(frozen=True)
class Page:
    """Some rows, and the cursors of the neighbouring pages where there are any."""

    rows: Sequence[Row[Any]]
    before: str | None
    after: str | None


def start(sort: Sort, *, after: str | None = None, before: str | None = None) -> Start:
    """Return where a page starts.

    Args:
        sort: The order.
        after: The cursor of the row before the page.
        before: The cursor of the row after the page; wins over ``after``.

    Raises:
        InvalidValue: The cursor is none of ours.
    """
    backwards = before is not None
    cursor = before if backwards else after
    return Start(sort, _key_of(cursor, sort) if cursor else None, backwards)


def walked(query: Select[Any], beginning: Start, number: int) -> Select[Any]:
    """Return the query of the next rows, for the index of the order to be walked along."""
    return beginning.cut(query).order_by(*beginning.order()).limit(number)


def gathered(
    query: Select[Any], conditions: Sequence[ColumnElement[bool]], beginning: Start, number: int
) -> Select[Any]:
    """Return the query of the next rows, for all that fit to be found by their own index.

    The order is one that no index has, so that no database walks along it in the hope of meeting
    some that fit. Only ids are sorted: SQLite and MariaDB would work out every column of every row.

    Args:
        query: Must select the sort's columns under their own names; narrows nothing itself.
        conditions: What the rows have to fulfil.
        beginning: Where they start.
        number: How many there are to be at most.
    """
    key = beginning.sort.id
    ids = beginning.cut(select(key)).where(*conditions).limit(number)
    some = ids.order_by(*beginning.order(by_index=False)).subquery()
    return query.join(some, some.c[key.key] == key).order_by(*beginning.order())


def page(
    session: DbSession,
    query: Select[Any],
    sort: Sort,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = SIZE,
) -> Page:
    """Return one page of ``query`` in the order of ``sort``; see `start` for what is raised.

    Args:
        session: The database session.
        query: Must select the sort's column and id, under their own names.
        sort: The order.
        after: The cursor of the row before the page.
        before: The cursor of the row after the page; wins over ``after``.
        size: How many rows a page has.
    """
    beginning = start(sort, after=after, before=before)
    return page_of(session, walked(query, beginning, size + 1), beginning, size=size)


def page_of(
    session: DbSession,
    query: Select[Any],
    beginning: Start,
    *,
    values: Mapping[str, Any] | None = None,
    size: int = SIZE,
) -> Page:
    """Return the page that `walked` or `gathered` made the query of, with one row more than fit.

    Args:
        session: The database session.
        query: May have been made for any start of the kind of ``beginning``.
        beginning: Where the page starts.
        values: What else the query leaves open.
        size: How many rows a page has.
    """
    given = {**beginning.values, **(values or {})}
    rows = list(session.connection().execute(query, given).all())
    has_more = len(rows) > size
    rows = rows[:size]
    backwards, sort = beginning.backwards, beginning.sort
    if backwards:
        rows.reverse()
    is_first = beginning.key is None
    return Page(
        rows,
        before=_cursor(rows[0], sort)
        if rows and (has_more if backwards else not is_first)
        else None,
        after=_cursor(rows[-1], sort) if rows and (backwards or has_more) else None,
    )


def _cursor(row: Row[Any], sort: Sort) -> str:
    value = getattr(row, sort.column.key)
    value = value.isoformat() if isinstance(value, datetime) else value
    text = json.dumps([value, getattr(row, sort.id.key)], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _key_of(cursor: str, sort: Sort) -> tuple[Any, int]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        value, row_id = json.loads(text)
        if sort.column.type.python_type is datetime:
            value = _moment(value)
    except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise InvalidValue("That page does not exist: the address was cut or changed.") from error
    if not _is_key(value, row_id, sort):
        raise InvalidValue("That page does not exist: the address was cut or changed.")
    return value, row_id


def _moment(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("The moment has no time zone.")
    return value.astimezone(UTC)


def _is_key(value: Any, row_id: Any, sort: Sort) -> bool:
    if isinstance(value, str) and NEVER_STORED.search(value):
        return False
    is_id = isinstance(row_id, int) and not isinstance(row_id, bool) and 0 < row_id < 2**31
    return is_id and isinstance(value, sort.column.type.python_type)
