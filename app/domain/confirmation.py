"""Confirmations: of a change, and of a deletion by entering the name."""

import unicodedata
from dataclasses import dataclass

from app.domain import validation
from app.domain.errors import InvalidValue
from app.domain.text import checked_reason


@dataclass(frozen=True)
class Deletion:
    """A request to delete.

    Attributes:
        name: The name as entered.
        etag: The digest of the shown row.
        reason: The actor's reason.
        reviewed: The reviewed effects on access, if the deletion has any; see `reviews.hold`.
    """

    name: str
    etag: str
    reason: str = ""
    reviewed: str | None = None


@dataclass(frozen=True)
class Confirmation:
    """A confirmed change: the reason, and the effects as they were reviewed."""

    reason: str = ""
    reviewed: str | None = None


UNREVIEWED = Confirmation()


def confirmed(typed: str, name: str, reason: str, *, what: str, field: str) -> str:
    """Refuse a deletion unless the name was entered; return the checked reason.

    Args:
        typed: The entered name; several spaces equal one, as a browser shows them.
        name: The expected name.
        reason: The reason, in the words of the actor.
        what: The kind of name: "the key".
        field: The form field.

    Raises:
        InvalidValue: Another name was entered, or the reason is too long.
    """
    results = validation.all_of(
        name=lambda: _compare(typed, name, what=what, field=field),
        reason=lambda: checked_reason(reason),
    )
    return str(results["reason"])


def _compare(typed: str, name: str, *, what: str, field: str) -> None:
    if _composed(typed) != _composed(name):
        raise InvalidValue(f"Type {what}, {name}, to confirm.", field=field)


def _composed(text: str) -> list[str]:
    # Keyboards compose accents; other programs may have stored them decomposed.
    return unicodedata.normalize("NFC", text).split()
