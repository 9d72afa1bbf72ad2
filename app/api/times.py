"""Times in queries, by RFC 3339."""

from collections.abc import Mapping
from datetime import UTC, datetime

from app.api.problems import Invalid


def parsed(query: Mapping[str, str], name: str) -> datetime | None:
    """Return the time that a parameter holds; None if it was not sent.

    Raises:
        Invalid: It is no time, or has no time zone (400).
    """
    if name not in query:
        return None
    try:
        moment = datetime.fromisoformat(query[name])
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    detail = "must be a time with a time zone, such as 2026-11-28T14:00:00Z"
    errors = [{"parameter": name, "detail": detail}]
    raise Invalid(400, f"The parameter {name} {detail}.", errors)
