"""Paging by key: a page starts after or before a row, never at an offset."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, or_, select

from app.domain import cursors
from app.models import DbSession

SIZE = 50
COUNTED = 10_000  # the number of rows up to which lists are counted
_KEY_NAMES = ("key_value", "key_id")
# A placeholder for the key of a start, in a query that is compiled once.
KEY: Any = tuple(bindparam(name) for name in _KEY_NAMES)


@dataclass(frozen=True)
class Cursors:
    """The cursors from the URL of a page: after a row, or before one."""

    after: str | None = None
    before: str | None = None


@dataclass(frozen=True)
class Sort:
    """An order of rows: by a column, then by id.

    Attributes:
        column: The column that the rows are sorted by.
        id: The column that tells apart rows with equal values.
        descending: Whether the highest value comes first.
        is_unique: Whether all values are different. The id is then left out of the ORDER BY: with
            it, MariaDB sorts instead of reading the unique index in order.
    """

    column: Any
    id: Any
    descending: bool = False
    is_unique: bool = False

    def order(self, *, backwards: bool, by_index: bool = True) -> list[ColumnElement[Any]]:
        """Return the ORDER BY terms, reversed when paging backwards.

        Args:
            backwards: Whether the page is read from its end.
            by_index: Whether an index may be used; if not, the terms match no index.
        """
        columns = [self.column] if self.is_unique else [self.column, self.id]
        terms = columns if by_index else [func.coalesce(column, column) for column in columns]
        if self.descending != backwards:
            return [term.desc() for term in terms]
        return [term.asc() for term in terms]

    def beyond(self, key: tuple[Any, int], *, backwards: bool) -> ColumnElement[bool]:
        """Return the condition for the rows beyond ``key``.

        Not a row value, for which MariaDB uses no index.
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
    """The start of a page: beyond the row with a key, or at the first row of its direction."""

    sort: Sort
    key: tuple[Any, int] | None = None
    backwards: bool = False

    @property
    def kind(self) -> "Start":
        """The same start with a placeholder for the key; `values` has the key."""
        return replace(self, key=KEY if self.key else None)

    @property
    def values(self) -> dict[str, Any]:
        """The values for the placeholders of `kind`."""
        return dict(zip(_KEY_NAMES, self.key or (), strict=False))

    def cut(self, query: Select[Any]) -> Select[Any]:
        """Limit a query to the rows beyond the start."""
        if self.key is None:
            return query
        return query.where(self.sort.beyond(self.key, backwards=self.backwards))

    def order(self, *, by_index: bool = True) -> list[ColumnElement[Any]]:
        """Return the ORDER BY terms of a page that starts here; see `Sort.order`."""
        return self.sort.order(backwards=self.backwards, by_index=by_index)


@dataclass(frozen=True)
class Page:
    """The rows of a page, and the cursors of the pages before and after, if any."""

    rows: Sequence[Row[Any]]
    before: str | None
    after: str | None


def start(sort: Sort, *, after: str | None = None, before: str | None = None) -> Start:
    """Return the start of a page.

    Args:
        sort: The order.
        after: The cursor of the row before the page.
        before: The cursor of the row after the page; wins over ``after``.

    Raises:
        InvalidValue: The cursor is not valid.
    """
    backwards = before is not None
    cursor, field = (before, "before") if backwards else (after, "after")
    kind = sort.column.type.python_type
    return Start(sort, cursors.decoded(cursor, kind, field) if cursor else None, backwards)


def in_order(query: Select[Any], beginning: Start, limit: int) -> Select[Any]:
    """Return the query for the next rows, read along the index of the order."""
    return beginning.cut(query).order_by(*beginning.order()).limit(limit)


def filter_then_sort(
    query: Select[Any], narrow: Callable[[Select[Any]], Select[Any]], beginning: Start, limit: int
) -> Select[Any]:
    """Return the query for the next rows, found by the index of the conditions, then sorted.

    No index has this order, so that no database reads along it in search of matching rows. Only ids
    are sorted: SQLite and MariaDB would compute every column of every row.

    Args:
        query: Must select the sort's columns under their own names, without conditions.
        narrow: Adds the conditions of the rows to a query of them.
        beginning: The start of the page.
        limit: The maximum number of rows.
    """
    key, column = beginning.sort.id, beginning.sort.column
    matches = narrow(beginning.cut(select(key.label("id"), column.label("value"))))
    # PostgreSQL would sort every row first, in the hope that a page is full soon.
    found = matches.cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
    sort = replace(beginning.sort, column=found.c.value, id=found.c.id)
    order = sort.order(backwards=beginning.backwards, by_index=False)
    chunk = select(found.c.id).order_by(*order).limit(limit).subquery()
    return query.join(chunk, chunk.c.id == key).order_by(*beginning.order())


def page(
    session: DbSession,
    query: Select[Any],
    sort: Sort,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = SIZE,
) -> Page:
    """Return one page of ``query`` in the order of ``sort``; raises the errors of `start`.

    Args:
        session: The database session.
        query: Must select the sort's column and id, under their own names.
        sort: The order.
        after: The cursor of the row before the page.
        before: The cursor of the row after the page; wins over ``after``.
        size: The number of rows on a page.
    """
    beginning = start(sort, after=after, before=before)
    return page_of(session, in_order(query, beginning, size + 1), beginning, size=size)


def page_of(
    session: DbSession,
    query: Select[Any],
    beginning: Start,
    *,
    values: Mapping[str, Any] | None = None,
    size: int = SIZE,
) -> Page:
    """Return the page of a query from `in_order` or `filter_then_sort`, for one row more than fits.

    Args:
        session: The database session.
        query: May be compiled for any start of the same kind.
        beginning: The start of the page.
        values: The values for further placeholders of the query.
        size: The number of rows on a page.
    """
    parameters = {**beginning.values, **(values or {})}
    return page_from(session.connection().execute(query, parameters).all(), beginning, size=size)


def page_from(found: Sequence[Row[Any]], beginning: Start, *, size: int = SIZE) -> Page:
    """Return the page of rows that a query for one row more than fits has found."""
    rows = list(found)
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
    return cursors.encoded(getattr(row, sort.column.key), getattr(row, sort.id.key))
