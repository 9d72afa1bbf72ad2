"""Deletion: what is typed so that something goes for good."""

from dataclasses import dataclass

from app.domain.errors import InvalidValue


@dataclass(frozen=True)
class Deletion:
    """The name as typed to confirm, the etag of what was shown, the reason."""

    name: str
    etag: str
    reason: str = ""


def confirm(typed: str, name: str, *, what: str, field: str) -> None:
    """Refuse to delete what was not named.

    Args:
        typed: What was typed; of several blanks one is enough, as a browser shows them.
        name: What it had to be.
        what: What kind of name that is: "the key".
        field: The form field it was typed into.

    Raises:
        InvalidValue: Another name was typed.
    """
    if typed.split() != name.split():
        raise InvalidValue(f"Type {what}, {name}, to confirm.", field=field)
