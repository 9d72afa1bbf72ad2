"""The rules for user names, email addresses, full names and bios."""

import re
import unicodedata
from collections.abc import Sequence
from functools import partial

from app.domain.actor import is_reserved
from app.domain.errors import InvalidValue
from app.domain.text import (
    LINE_CHARACTERS,
    TEXT_BYTES,
    character_name,
    checked,
    checked_line,
    hold_to_characters,
    refuse_mixed_scripts,
)
from app.models.base import normalised
from app.models.spelling import stored_address

EMAIL_CHARACTERS = 254

_LETTERS_MARKS_DIGITS = {"Ll", "Lu", "Lo", "Lm", "Mn", "Mc", "Nd"}
# Letters and marks that are invisible: Unicode's Default_Ignorable_Code_Point.
_INVISIBLE = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0"
    r"\U000e0100-\U000e01ef]"
)


def checked_username(text: str) -> str:
    """Return a user name as it is stored.

    The characters are those of RFC 8264's identifiers: letters, marks and digits of any script, and
    visible ASCII. "@" is left out, so that a name to sign in with is either a user name or an email
    address. The rule is for new names; those from the backend are kept.

    Raises:
        InvalidValue: The name is empty, too long, contains a character that is not allowed, or
            mixes scripts.
    """
    field, what = "username", "The user name"
    name = normalised(checked_line(text, field=field, what=what, limit=TEXT_BYTES))
    if not name:
        raise InvalidValue("Enter a user name.", field=field)
    hold_to_characters(name, field=field, what=what, limit=LINE_CHARACTERS)
    if "@" in name:
        message = (
            "The user name contains “@”, which is only allowed in email addresses. Leave it out; "
            "people can sign in with their email address too."
        )
        raise InvalidValue(message, field=field)
    for index, character in enumerate(name, start=1):
        if not _is_for_names(character):
            raise InvalidValue(
                f"The user name contains {character_name(character)} at character {index}. "
                "Use letters, digits and characters such as “.”, “-” and “_”, without spaces.",
                field=field,
            )
    _refuse_reserved(name)
    refuse_mixed_scripts(name, field=field, what=what)
    return name


def checked_email(text: str, domains: Sequence[str] = ()) -> str:
    """Return an email address as it is stored; checks its syntax, not that it exists.

    Args:
        text: The address as entered.
        domains: Domains to allow, with all below them, although the internet does not know them.

    Raises:
        InvalidValue: The address is not valid; the message has the reason.
    """
    field, what = "email", "The email address"
    address = stored_address(checked_line(text, field=field, what=what, limit=TEXT_BYTES))
    if not address:
        raise InvalidValue("Enter an email address.", field=field)
    hold_to_characters(address, field=field, what=what, limit=EMAIL_CHARACTERS)
    if mistake := _mistake_in(address, domains):
        raise InvalidValue(f"The email address is not valid. {mistake}", field=field)
    return address


def _mistake_in(address: str, domains: Sequence[str]) -> str | None:
    # Imported only when an address changes: it compiles patterns for 30 ms.
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - see above

    # The library and the options with which the backend checks an address at its own forms.
    check = partial(validate_email, check_deliverability=False)
    try:
        check(address)
    except EmailNotValidError as mistake:
        try:
            check(f"{address}.example")  # below a domain that the internet knows
        except EmailNotValidError:
            return str(mistake)
        if _is_below(address.rpartition("@")[2], domains):
            return None
        return f"{mistake} The variable EMAIL_DOMAINS can allow domains of your own network."
    return None


def _is_below(domain: str, domains: Sequence[str]) -> bool:
    return any(f".{domain}".endswith(f".{allowed}") for allowed in domains)


def checked_full_name(text: str | None) -> str | None:
    """Return a full name without surrounding spaces, None if nothing is left.

    Raises:
        InvalidValue: The name is longer than 255 characters or not on one line.
    """
    return checked_line(text or "", field="full_name", what="The full name") or None


def checked_bio(text: str | None) -> str | None:
    """Return a bio without surrounding spaces, None if nothing is left.

    Raises:
        InvalidValue: The bio takes more than 65,535 bytes or has a character that is not allowed.
    """
    return checked(text or "", field="bio", what="The bio").strip() or None


def _refuse_reserved(name: str) -> None:
    """Refuse the names of actors that are no users; users who have one already keep it."""
    if is_reserved(normalised(name)):
        message = (
            f"{name} is a name that the history gives to commands and visitors. Choose another."
        )
        raise InvalidValue(message, field="username")


def _is_for_names(character: str) -> bool:
    if character.isascii():
        return "!" <= character <= "~"
    return unicodedata.category(character) in _LETTERS_MARKS_DIGITS and not _INVISIBLE.match(
        character
    )
