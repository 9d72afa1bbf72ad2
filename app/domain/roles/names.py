"""Checks of the names and descriptions of roles."""

import unicodedata
from collections.abc import Collection

from sqlalchemy import select

from app.domain.errors import InvalidValue
from app.domain.text import checked, checked_line, hold_to_characters, refuse_mixed_scripts
from app.models import DbSession, Role
from app.models.lookalikes import skeleton
from app.models.spelling import folded
from app.models.user import ADMIN

NAME_CHARACTERS = 100
# The database and commands join names with commas.
SEPARATOR = ","
# Invisible characters, and those that reverse the text: they would make two names look alike.
INVISIBLE = {"Cf", "Co", "Cn"}


def free_name(session: DbSession, text: str, by_other_than: int = 0) -> str:
    """Return the typed name as it is stored, if no role has it or a name that looks like it.

    Args:
        session: The database session.
        text: The name as typed.
        by_other_than: The id of the role that is renamed; 0 for a new one.

    Raises:
        InvalidValue: The name breaks the rules for names, or is taken, reserved or can be mistaken.
    """
    others = session.scalars(select(Role.name).where(Role.id != by_other_than)).all()
    return free_among(others, text)


def free_among(others: Collection[str], text: str) -> str:
    """Return the typed name as it is stored, if it is none of these and looks like none of them.

    Raises:
        InvalidValue: As `free_name`.
    """
    name = _checked_name(text)
    if any(folded(other) == folded(name) for other in others):
        raise InvalidValue(f"There is a role named {name} already.", field="name")
    if name == ADMIN:
        message = f"The name {ADMIN} is reserved for the role that grants every permission."
        raise InvalidValue(message, field="name")
    if similar := [other for other in (*others, ADMIN) if skeleton(other) == skeleton(name)]:
        message = f"The name looks like that of the role {similar[0]}. Choose another one."
        raise InvalidValue(message, field="name")
    return name


def checked_description(text: str) -> str | None:
    """Return the typed description as it is stored.

    Raises:
        InvalidValue: It is too long, or has characters that no text can have.
    """
    return checked(text, field="description", what="The description").strip() or None


def _checked_name(text: str) -> str:
    name = checked_line(text, field="name", what="The name").lower().strip()
    if not name:
        raise InvalidValue("The name is empty. Type one.", field="name")
    hold_to_characters(name, field="name", what="The name", limit=NAME_CHARACTERS)
    if any(_is_refused(character) for character in name):
        message = "The name contains a comma or an invisible character. Remove it."
        raise InvalidValue(message, field="name")
    refuse_mixed_scripts(name, field="name", what="The name")
    return name


def _is_refused(character: str) -> bool:
    return character == SEPARATOR or unicodedata.category(character) in INVISIBLE


def lookalikes(session: DbSession) -> list[list[str]]:
    """Return the names of roles that can be mistaken for each other."""
    groups: dict[str, list[str]] = {}
    for name in sorted({ADMIN, *session.scalars(select(Role.name))}):
        groups.setdefault(skeleton(name), []).append(name)
    return [group for group in groups.values() if len(group) > 1]
