"""Times in queries and bodies, by RFC 3339."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.api.problems import Invalid, in_query
from app.domain.errors import InvalidValue

DETAIL = "must be a time with a time zone, such as 2026-11-28T14:00:00Z"


def parsed(query: Mapping[str, str], name: str) -> datetime | None:
    """Return the time that a parameter holds; None if it was not sent.

    Raises:
        Invalid: It is no time, or has no time zone (400).
    """
    if name not in query:
        return None
    moment = _time_of(query[name])
    if moment is None:
        raise Invalid(400, f"The parameter {name} {DETAIL}.", [in_query(name, DETAIL)])
    return moment


def in_body(body: Mapping[str, Any], name: str) -> datetime:
    """Return the time that a field of a body holds.

    Raises:
        InvalidValue: It is no time, or has no time zone.
    """
    moment = _time_of(body[name])
    if moment is None:
        raise InvalidValue(f"The field {name} {DETAIL}.", field=name)
    return moment


def _time_of(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
