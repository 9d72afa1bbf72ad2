"""Checks of the names and descriptions of roles."""

import unicodedata

from sqlalchemy import select

from app.domain.errors import InvalidValue
from app.domain.text import checked, checked_line, hold_to_characters
from app.models import DbSession, Role
from app.models.user import ADMIN

NAME_CHARACTERS = 100
# The database and commands join names with commas.
SEPARATOR = ","
# Invisible characters, and those that reverse the text: they would make two names look alike.
INVISIBLE = {"Cf", "Co", "Cn"}


def free_name(session: DbSession, text: str) -> str:
    """Return the typed name as it is stored, if no role has it.

    Raises:
        InvalidValue: The name breaks the rules for names, or is taken or reserved.
    """
    name = _checked_name(text)
    # MySQL ignores spaces at the end of a name, but names have none there.
    if session.scalars(select(Role.id).where(Role.name == name)).first() is not None:
        raise InvalidValue(f"There is a role named {name} already.", field="name")
    if name == ADMIN:
        message = f"The name {ADMIN} is reserved for the role that grants every permission."
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
    return name


def _is_refused(character: str) -> bool:
    return character == SEPARATOR or unicodedata.category(character) in INVISIBLE
