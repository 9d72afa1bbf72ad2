"""Paging by key: a page starts after (or before) a row, never at an offset."""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, or_

from app.domain.errors import InvalidValue
from app.models import DbSession

SIZE = 50
# NUL and halves of surrogate pairs: some databases refuse even to be asked for them.
NEVER_STORED = re.compile(r"[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Sort:
    """An order of rows: a column, and the id where the column is equal."""

    column: Any
    id: Any
    descending: bool = False

    def order(self, *, backwards: bool) -> list[ColumnElement[Any]]:
        """Return the ORDER BY terms, reversed when paging backwards."""
        if self.descending != backwards:
            return [self.column.desc(), self.id.desc()]
        return [self.column.asc(), self.id.asc()]

    def beyond(self, *, backwards: bool) -> ColumnElement[bool]:
        """Return the condition for the rows beyond the parameters ``key_value`` and ``key_id``.

        Written out rather than as a row value, for which MariaDB uses no index.
        """
        value = bindparam("key_value", type_=self.column.type)
        row_id = bindparam("key_id", type_=self.id.type)
        if self.descending != backwards:
            return and_(self.column <= value, or_(self.column < value, self.id < row_id))
        return and_(self.column >= value, or_(self.column > value, self.id > row_id))


@dataclass(frozen=True)
class Page:
    """Some rows, and the cursors of the neighbouring pages where there are any."""

    rows: Sequence[Row[Any]]
    before: str | None
    after: str | None


class Pages:
    """The pages of one query in one order.

    SQLAlchemy finds a statement that it has compiled by going through all of it, once for each
    statement object. Pages that are asked for often are therefore made once and kept.
    """

    def __init__(self, query: Select[Any], sort: Sort, size: int = SIZE) -> None:
        """Prepare the statements.

        Args:
            query: Must select the sort's column and id, under their own names.
            sort: The order.
            size: How many rows a page has.
        """
        self._sort, self._size = sort, size
        forwards = query.order_by(*sort.order(backwards=False)).limit(size + 1)
        backwards = query.order_by(*sort.order(backwards=True)).limit(size + 1)
        self._first, self._last = forwards, backwards
        self._after = forwards.where(sort.beyond(backwards=False))
        self._before = backwards.where(sort.beyond(backwards=True))

    def page(
        self, session: DbSession, *, after: str | None = None, before: str | None = None
    ) -> Page:
        """Return one page.

        Args:
            session: The database session.
            after: The cursor of the row before the page.
            before: The cursor of the row after the page, "" for the last page; wins over ``after``.

        Raises:
            InvalidValue: The cursor is none of ours.
        """
        backwards = before is not None
        cursor = before if backwards else after
        statement, key = self._last if backwards else self._first, {}
        if cursor:
            value, row_id = _key_of(cursor, self._sort)
            statement = self._before if backwards else self._after
            key = {"key_value": value, "key_id": row_id}
        found = session.connection().execute(statement, key).all()
        has_more, rows = len(found) > self._size, found[: self._size]
        if backwards:
            rows = rows[::-1]
        has_before, has_after = (has_more, True) if backwards else (bool(cursor), has_more)
        return Page(
            rows,
            before=_cursor(rows[0], self._sort) if rows and has_before else None,
            after=_cursor(rows[-1], self._sort) if rows and has_after else None,
        )


def page(
    session: DbSession,
    query: Select[Any],
    sort: Sort,
    *,
    after: str | None = None,
    before: str | None = None,
) -> Page:
    """Return one page of a query that is made for this page; see `Pages`."""
    return Pages(query, sort).page(session, after=after, before=before)


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
