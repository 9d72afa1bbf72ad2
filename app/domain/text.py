"""Typed text: brought into one form and held to its limits before anything else looks at it.

Sizes are counted in bytes of UTF-8 where a TEXT column of MySQL is the narrowest place the text
goes to, and in characters where the column is a VARCHAR.
"""

import re

from app.domain.errors import InvalidValue

TEXT_BYTES = 65_535
LINE_CHARACTERS = 255
REASON_CHARACTERS = 500

_LINE_END = re.compile(r"\r\n?")
_REFUSED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_REFUSED_IN_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def checked(text: str, *, field: str, what: str, limit: int = TEXT_BYTES) -> str:
    """Return text of any number of lines with every line end as LF and nothing else changed.

    A carriage return on its own counts as a line end too: a browser would turn it into one.

    Args:
        text: The text as typed.
        field: The form field it was typed into.
        what: What the text is, as the beginning of a sentence: "The value".
        limit: How many bytes of UTF-8 it may take.

    Returns:
        The text to store.

    Raises:
        InvalidValue: The text is too long, or holds a control character or half a surrogate pair.
    """
    cleaned = with_line_feeds(text)
    if refused := _REFUSED.search(cleaned):
        where = place(cleaned, refused.start())
        raise InvalidValue(_unwanted(what, refused.group(), where), field=field)
    size = len(cleaned.encode())
    if size > limit:
        message = f"{what} takes {size:,} bytes in UTF-8; at most {limit:,} fit. Shorten it."
        raise InvalidValue(message, field=field)
    return cleaned


def checked_line(text: str, *, field: str, what: str, limit: int = LINE_CHARACTERS) -> str:
    """Return text of one line without the blanks around it.

    Args:
        text: The text as typed.
        field: The form field it was typed into.
        what: What the text is, as the beginning of a sentence: "The full name".
        limit: How many characters it may have.

    Returns:
        The text to store; it may be empty.

    Raises:
        InvalidValue: The text is too long, or holds a line end, a tab, another control character or
            half a surrogate pair.
    """
    stripped = text.strip()
    if refused := _REFUSED_IN_A_LINE.search(stripped):
        where = f"character {refused.start() + 1}"
        raise InvalidValue(_unwanted(what, refused.group(), where), field=field)
    hold_to_characters(stripped, field=field, what=what, limit=limit)
    return stripped


def is_name(text: str) -> bool:
    """Tell whether a database can be asked who or what is called that.

    PostgreSQL cannot be asked for NUL, and none of them for half a surrogate pair.
    """
    try:
        checked_line(text, field="", what="The name")
    except InvalidValue:
        return False
    return True


def checked_reason(text: str | None) -> str:
    """Return the reason given for a change, without the blanks around it; "" if none was given.

    Raises:
        InvalidValue: The reason has more than 500 characters, or one that no text may hold.
    """
    reason = checked(text or "", field="reason", what="The reason").strip()
    hold_to_characters(reason, field="reason", what="The reason", limit=REASON_CHARACTERS)
    return reason


def with_line_feeds(text: str) -> str:
    """Return the text with every line end as LF."""
    return _LINE_END.sub("\n", text)


def hold_to_characters(text: str, *, field: str, what: str, limit: int) -> None:
    """Refuse a text of more than ``limit`` characters with InvalidValue."""
    if len(text) > limit:
        message = f"{what} is {len(text):,} characters long; at most {limit:,} fit. Shorten it."
        raise InvalidValue(message, field=field)


def place(text: str, index: int) -> str:
    """Say where in a text a character stands: "line 2, column 5", both counted from 1."""
    line_start = text.rfind("\n", 0, index) + 1
    return f"line {text.count(chr(10), 0, index) + 1}, column {index - line_start + 1}"


def shown(character: str) -> str:
    """Return a character so that a reader can tell which it is, also if it cannot be seen."""
    if character == " ":
        return "a blank"
    if character == "\n":
        return "a line end"
    if character == "\t":
        return "a tab"
    if character.isascii() and character.isprintable():
        return f"“{character}”"
    code = f"U+{ord(character):04X}"
    return f"“{character}” ({code})" if character.isprintable() else code


def shortened(text: str, limit: int = 40) -> str:
    """Return the text on one line, cut off with "…" where it is longer than ``limit``."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def _unwanted(what: str, character: str, where: str) -> str:
    return f"{what} holds {shown(character)} at {where}, which cannot be stored. Take it out."
