"""Entered text: normalised and checked against its limits before anything else uses it.

Sizes are counted in bytes of UTF-8 if the text goes to a TEXT column of MySQL, and in characters if
the column is a VARCHAR.
"""

import re
from typing import Any

from app.domain.errors import InvalidValue
from app.models.lookalikes import mixed_scripts

TEXT_BYTES = 65_535
LINE_CHARACTERS = 255
REASON_CHARACTERS = 500

_LINE_BREAK = re.compile(r"\r\n?")
_REFUSED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_REFUSED_IN_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def checked(text: str, *, field: str, what: str, limit: int = TEXT_BYTES) -> str:
    """Return text of any number of lines with every line break as LF, otherwise unchanged.

    A lone carriage return counts as a line break: a browser would turn it into one.

    Args:
        text: The entered text.
        field: The form field.
        what: The subject, as the beginning of a sentence: "The value".
        limit: The maximum size in bytes of UTF-8.

    Returns:
        The text to store.

    Raises:
        InvalidValue: The text is too long, or has a control character or half a surrogate pair.
    """
    cleaned = with_line_feeds(text)
    if refused := _REFUSED.search(cleaned):
        where = position(cleaned, refused.start())
        raise InvalidValue(_unwanted(what, refused.group(), where), field=field)
    size = len(cleaned.encode())
    if size > limit:
        message = f"{what} takes {size:,} bytes in UTF-8; at most {limit:,} fit. Shorten it."
        raise InvalidValue(message, field=field)
    return cleaned


def checked_line(text: str, *, field: str, what: str, limit: int = LINE_CHARACTERS) -> str:
    """Return text of one line without leading and trailing white space.

    Args:
        text: The entered text.
        field: The form field.
        what: The subject, as the beginning of a sentence: "The full name".
        limit: The maximum number of characters.

    Returns:
        The text to store; it may be empty.

    Raises:
        InvalidValue: The text is too long, or has a line break, a tab, another control character or
            half a surrogate pair.
    """
    stripped = text.strip()
    if refused := _REFUSED_IN_A_LINE.search(stripped):
        where = f"character {refused.start() + 1}"
        raise InvalidValue(_unwanted(what, refused.group(), where), field=field)
    hold_to_characters(stripped, field=field, what=what, limit=limit)
    return stripped


def is_name(text: str) -> bool:
    """Tell whether a database can be queried for a name.

    PostgreSQL rejects NUL, and every database rejects half a surrogate pair.
    """
    try:
        checked_line(text, field="", what="The name")
    except InvalidValue:
        return False
    return True


def checked_reason(text: str | None) -> str:
    """Return the reason for a change, without leading and trailing white space; "" for none.

    Raises:
        InvalidValue: The reason is too long, or has a character that no text may have.
    """
    reason = checked(text or "", field="reason", what="The reason").strip()
    hold_to_characters(reason, field="reason", what="The reason", limit=REASON_CHARACTERS)
    return reason


def with_line_feeds(text: str) -> str:
    """Return the text with every line break as LF."""
    return _LINE_BREAK.sub("\n", text)


def hold_to_characters(text: str, *, field: str, what: str, limit: int) -> None:
    """Raise InvalidValue if the text has more than ``limit`` characters."""
    if len(text) > limit:
        message = f"{what} is {len(text):,} characters long; at most {limit:,} fit. Shorten it."
        raise InvalidValue(message, field=field)


def hold_filters(filters: Any) -> None:
    """Raise InvalidValue if a text of a filter is too long for an address."""
    for name, text in vars(filters).items():
        if isinstance(text, str):
            hold_to_characters(text, field=name, what="The filter", limit=LINE_CHARACTERS)


def refuse_mixed_scripts(name: str, *, field: str, what: str) -> None:
    """Raise InvalidValue if a name mixes scripts, so that its letters can be mistaken."""
    if scripts := mixed_scripts(name):
        message = (
            f"{what} mixes {' and '.join(scripts)} letters, which can be mistaken for each other."
        )
        raise InvalidValue(f"{message} Use the letters of one script.", field=field)


def position(text: str, index: int) -> str:
    """Return the position of a character: "line 2, column 5", both counted from 1."""
    line_start = text.rfind("\n", 0, index) + 1
    return f"line {text.count(chr(10), 0, index) + 1}, column {index - line_start + 1}"


def character_name(character: str) -> str:
    """Return a name for a character, also if it is invisible."""
    if character == " ":
        return "a space"
    if character == "\n":
        return "a line break"
    if character == "\t":
        return "a tab"
    if character.isascii() and character.isprintable():
        return f"“{character}”"
    code = f"U+{ord(character):04X}"
    return f"“{character}” ({code})" if character.isprintable() else code


def shortened(text: str, limit: int = 40) -> str:
    """Return the text on one line, cut off with "…" if it is longer than ``limit``."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def _unwanted(what: str, character: str, where: str) -> str:
    name = character_name(character)
    return f"{what} contains {name} at {where}, which cannot be stored. Remove it."
