"""Cursors of pages: the key of a row as text for a URL."""

import base64
import binascii
import json
import re
from datetime import UTC, datetime
from typing import Any

from app.domain.errors import InvalidValue
from app.models.base import HIGHEST_ID

# NUL and halves of surrogate pairs: some databases reject queries with them.
_NEVER_STORED = re.compile(r"[\x00\ud800-\udfff]")

_MESSAGE = "That page does not exist: the URL is incomplete or was changed."


def encoded(value: Any, row_id: int) -> str:
    """Return the cursor for a key: the value that the rows are sorted by, and the id."""
    value = value.isoformat() if isinstance(value, datetime) else value
    text = json.dumps([value, row_id], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decoded(cursor: str, python_type: type, field: str) -> tuple[Any, int]:
    """Return the key of a cursor for a column of a type.

    Args:
        cursor: The cursor.
        python_type: The type.
        field: The parameter of the query that has it.

    Raises:
        InvalidValue: The cursor is not valid.
    """
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        value, row_id = json.loads(text)
        if python_type is datetime:
            value = _time(value)
    except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise InvalidValue(_MESSAGE, field=field) from error
    if not _is_key(value, row_id, python_type):
        raise InvalidValue(_MESSAGE, field=field)
    return value, row_id


def _time(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("The time has no time zone.")
    return value.astimezone(UTC)


def _is_key(value: Any, row_id: Any, python_type: type) -> bool:
    if isinstance(value, str) and _NEVER_STORED.search(value):
        return False
    is_value = _is_id(value) if python_type is int else isinstance(value, python_type)
    return is_value and _is_id(row_id)


def _is_id(number: Any) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 < number <= HIGHEST_ID
