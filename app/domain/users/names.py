"""What identifies and describes a user: user name, e-mail address, full name, bio."""

import re
import unicodedata

from app.domain.errors import InvalidValue
from app.domain.text import (
    LINE_CHARACTERS,
    TEXT_BYTES,
    character_name,
    checked,
    checked_line,
    hold_to_characters,
)
from app.models.base import normalised

EMAIL_CHARACTERS = 254

_LETTERS_MARKS_DIGITS = {"Ll", "Lu", "Lo", "Lm", "Mn", "Mc", "Nd"}
# Letters and marks that show nothing: Unicode's Default_Ignorable_Code_Point.
_INVISIBLE = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0"
    r"\U000e0100-\U000e01ef]"
)


def checked_username(text: str) -> str:
    """Return a user name as it is stored.

    The characters are those of RFC 8264's identifiers: letters, marks and digits of any script, and
    what ASCII has to be seen. "@" is left out, so that what is typed to sign in is either a user
    name or an e-mail address. The rule is for new names; those that the backend gave are kept.

    Raises:
        InvalidValue: The name is empty, too long, or holds a character that a name may not have.
    """
    field, what = "username", "The user name"
    name = normalised(checked_line(text, field=field, what=what, limit=TEXT_BYTES))
    if not name:
        raise InvalidValue("The user name is empty. Type one.", field=field)
    hold_to_characters(name, field=field, what=what, limit=LINE_CHARACTERS)
    if "@" in name:
        message = (
            "The user name contains “@”, which only e-mail addresses have. Type a name without it; "
            "signing in with the e-mail address works as well."
        )
        raise InvalidValue(message, field=field)
    for index, character in enumerate(name, start=1):
        if not _is_for_names(character):
            raise InvalidValue(
                f"The user name contains {character_name(character)} at character {index}. "
                "Use letters, digits and signs such as “.”, “-” and “_”, without spaces.",
                field=field,
            )
    return name


def checked_email(text: str) -> str:
    """Return an e-mail address as it is stored; its syntax is checked, not whether it exists.

    Raises:
        InvalidValue: It is not an address; says what about it is wrong.
    """
    field, what = "email", "The e-mail address"
    address = normalised(checked_line(text, field=field, what=what, limit=TEXT_BYTES))
    if not address:
        raise InvalidValue("The e-mail address is empty. Type one.", field=field)
    hold_to_characters(address, field=field, what=what, limit=EMAIL_CHARACTERS)
    # Imported by whoever changes an address: it makes patterns for 30 ms.
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - see above

    try:
        # The library and the options with which the backend checks an address at its own forms.
        validate_email(address, check_deliverability=False)
    except EmailNotValidError as mistake:
        message = f"The e-mail address is not valid. {mistake}"
        raise InvalidValue(message, field=field) from mistake
    return address


def checked_full_name(text: str | None) -> str | None:
    """Return a full name without the blanks around it, None if nothing is left.

    Raises:
        InvalidValue: It is longer than 255 characters or not on one line.
    """
    return checked_line(text or "", field="full_name", what="The full name") or None


def checked_bio(text: str | None) -> str | None:
    """Return a bio without the blanks around it, None if nothing is left.

    Raises:
        InvalidValue: It takes more than 65,535 bytes, or holds a character that no text may hold.
    """
    return checked(text or "", field="bio", what="The bio").strip() or None


def _is_for_names(character: str) -> bool:
    if character.isascii():
        return "!" <= character <= "~"
    return unicodedata.category(character) in _LETTERS_MARKS_DIGITS and not _INVISIBLE.match(
        character
    )
