"""Paging by key: a page starts after (or before) a row, never at an offset."""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_

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

    def beyond(self, key: tuple[Any, int], *, backwards: bool) -> ColumnElement[bool]:
        """Return the condition for the rows beyond ``key``.

        Written out rather than as a row value, for which MariaDB uses no index.
        """
        value, row_id = key
        if self.descending != backwards:
            return and_(self.column <= value, or_(self.column < value, self.id < row_id))
        return and_(self.column >= value, or_(self.column > value, self.id > row_id))


@dataclass(frozen=True)
class Page:
    """Some rows, and the cursors of the neighbouring pages where there are any."""

    rows: Sequence[Row[Any]]
    before: str | None
    after: str | None


def page(
    session: DbSession,
    query: Select[Any],
    sort: Sort,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = SIZE,
) -> Page:
    """Return one page of ``query`` in the order of ``sort``.

    Args:
        session: The database session.
        query: Must select the sort's column and id, under their own names.
        sort: The order.
        after: The cursor of the row before the page.
        before: The cursor of the row after the page; wins over ``after``.
        size: How many rows a page has.

    Raises:
        InvalidValue: The cursor is none of ours.
    """
    backwards = before is not None
    cursor = before if backwards else after
    if cursor:
        query = query.where(sort.beyond(_key_of(cursor, sort), backwards=backwards))
    rows = list(session.execute(query.order_by(*sort.order(backwards=backwards)).limit(size + 1)))
    has_more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    return Page(
        rows,
        before=_cursor(rows[0], sort) if rows and (has_more if backwards else cursor) else None,
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
