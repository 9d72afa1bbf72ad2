"""Deletion: what is typed so that something goes for good."""

from dataclasses import dataclass

from app.domain import validation
from app.domain.errors import InvalidValue
from app.domain.text import checked_reason


@dataclass(frozen=True)
class Deletion:
    """The name as typed to confirm, the etag of what was shown, the reason."""

    name: str
    etag: str
    reason: str = ""


def confirmed(typed: str, name: str, reason: str, *, what: str, field: str) -> str:
    """Refuse to delete what was not named; return the reason for it as it is kept.

    Args:
        typed: What was typed; of several blanks one is enough, as a browser shows them.
        name: What it had to be.
        reason: Why, in the actor's words.
        what: What kind of name that is: "the key".
        field: The form field it was typed into.

    Raises:
        InvalidValue: Another name was typed, or the reason is too long.
    """
    passed = validation.all_of(
        name=lambda: _compare(typed, name, what=what, field=field),
        reason=lambda: checked_reason(reason),
    )
    return str(passed["reason"])


def _compare(typed: str, name: str, *, what: str, field: str) -> None:
    if typed.split() != name.split():
        raise InvalidValue(f"Type {what}, {name}, to confirm.", field=field)
