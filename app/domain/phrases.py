"""Numbers, lists and times as people and programs read them."""

from collections.abc import Sequence
from datetime import datetime

LISTED = 3


def number(count: int, limit: int | None = None) -> str:
    """Return a count as people read it: "1,234".

    Args:
        count: How many there are.
        limit: Where counting stopped; a higher count is "over 10,000".
    """
    return f"{count:,}" if limit is None or count <= limit else f"over {limit:,}"


def counted(count: int, one: str, many: str = "", *, limit: int | None = None) -> str:
    """Return a count with its noun: "1 user", "3 users".

    Args:
        count: How many there are.
        one: The noun, and perhaps its verb, for exactly one.
        many: The same for any other number; by default the noun with an "s".
        limit: Where counting stopped; see `number`.
    """
    return f"{number(count, limit)} {one if count == 1 else many or f'{one}s'}"


def listed(names: Sequence[str], most: int = LISTED) -> str:
    """Return names as one phrase: "a", "a and b", or "a, b and 3 more"; see `shortlist`."""
    *first, last = shortlist(names, most) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def shortlist(names: Sequence[str], most: int = LISTED) -> list[str]:
    """Return the names, the last of them "3 more" where there are more than ``most``."""
    if len(names) <= most:
        return list(names)
    return [*names[: most - 1], f"{len(names) - most + 1:,} more"]


def iso(value: datetime) -> str:
    """Return a time for machines (RFC 3339), in UTC."""
    return (
        f"{value.year}-{value.month:02}-{value.day:02}"
        f"T{value.hour:02}:{value.minute:02}:{value.second:02}Z"
    )
