"""Values of settings: what a text must be to be a value of its data type, and how it is stored."""

import math
import re
from enum import StrEnum

from app.domain import kept_results
from app.domain.errors import InvalidValue
from app.domain.phrases import counted
from app.domain.settings import secrecy, strict_json
from app.domain.settings.strict_json import (
    LARGEST_INTEGER,
    SMALLEST_INTEGER,
    NotJson,
    is_within_64_bits,
)
from app.domain.text import character_name, checked, position, shortened
from app.domain.visible import brief, ends, pair, visible

VALUE_FIELD = "value"
SUMMARY_CHARACTERS = 80
SENTENCE_CHARACTERS = 30
# The text in place of a value that cannot be shown.
NOT_SET, EMPTY, HIDDEN = "Not set", "Empty string", "Set (hidden)"
NOT_JSON = "Not valid JSON"

_SUMMARIES = kept_results.KeptResults(4096)
_NOT_A_DIGIT = re.compile(r"[^0-9]")
_FLOAT = re.compile(
    r"(?P<minus>-?)(?=\.?[0-9])(?P<whole>[0-9]*)(?:\.(?P<fraction>[0-9]*))?"
    r"(?P<exponent>(?:[eE][+-]?[0-9]+)?)"
)
_WITH_COMMA = re.compile(r"-?[0-9]*,[0-9]+(?:[eE][+-]?[0-9]+)?")
_NOT_IN_A_FLOAT = re.compile(r"[^0-9.eE+-]")
_BOOLEANS = {
    **dict.fromkeys(["true", "yes", "on", "1"], "true"),
    **dict.fromkeys(["false", "no", "off", "0"], "false"),
}


class DataType(StrEnum):
    """The data type of a setting; a setting of an unknown type is read-only."""

    STRING = "string"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    JSON = "json"
    FLOAT = "float"

    @classmethod
    def of(cls, text: str) -> "DataType | None":
        """Return the data type of that name, or None if the console does not know it."""
        return _KNOWN.get(text)


_KNOWN = {kind.value: kind for kind in DataType}


def canonical(text: str, data_type: DataType) -> str:
    """Return a typed value the way it is stored.

    Args:
        text: The value as typed.
        data_type: The data type of its setting.

    Returns:
        An integer without leading zeros; a float as typed, with a digit before its point; "true" or
        "false" (yes, no, on, off, 1 and 0 are understood); JSON and strings as typed, with line
        ends as LF. What is returned is returned again when it is given.

    Raises:
        InvalidValue: The text is not a value of the type or not within the limits; says what is
            wrong, where, and what to do.
    """
    if refusal := secrecy.why_not_in_clear(text):
        raise _invalid(refusal)
    return of_type(text, data_type)


def of_type(text: str, data_type: DataType) -> str:
    """Return what `canonical` returns, also of a text that holds a password."""
    cleaned = checked(text, field=VALUE_FIELD, what="The value")
    match data_type:
        case DataType.INTEGER:
            return _integer(cleaned.strip())
        case DataType.FLOAT:
            return _float(cleaned.strip())
        case DataType.BOOLEAN:
            return _boolean(cleaned.strip())
        case DataType.JSON:
            return _json(cleaned)
        case DataType.STRING:
            return cleaned


def is_same(one: str, other: str, data_type: DataType | None) -> bool:
    """Tell whether two texts are stored alike; of texts that cannot be stored, whether they are."""
    if one == other or data_type is None:
        return one == other
    try:
        return canonical(one, data_type) == canonical(other, data_type)
    except InvalidValue:
        return False


def describe(value: str | None, data_type: DataType | None) -> str:
    """Return a short plain summary of a stored value, whoever stored it, for lists.

    Args:
        value: The stored text; None for "not set".
        data_type: The data type, or None for one that the console does not know.

    Returns:
        "Not set", "Empty string", "List with 3 entries" and the like for JSON, else the text itself
        on one line, cut off where it is long.
    """
    if value is None:
        return NOT_SET
    if not value:
        return EMPTY
    if data_type is not DataType.JSON or secrecy.MASK in value:
        return shortened(value, SUMMARY_CHARACTERS)
    key = kept_results.key_of(value)
    known = _SUMMARIES.get(key)
    return _SUMMARIES.keep(key, _summary(value)) if known is None else known


def in_sentence(value: str | None) -> str:
    """Return a stored value as part of a sentence: "It was 800, now it is not set."."""
    if value is None:
        return "not set"
    if not value:
        return "an empty string"
    return visible(brief(value, SENTENCE_CHARACTERS))


def change_in_sentence(before: str | None, after: str | None) -> tuple[str, str]:
    """Return both values of a change as parts of a sentence, in which they can be told apart."""
    if not (before and after):
        return in_sentence(before), in_sentence(after)
    old, new = pair(before, after, SENTENCE_CHARACTERS)
    return visible(old), visible(new)


def note_of_ends(value: str | None) -> str:
    """Return a note on a value of one line with an end that cannot be seen; "" for others."""
    said = ends(value or "")
    return f"The value {said}. Change it if that is not meant." if said else ""


def _integer(text: str) -> str:
    digits = text.removeprefix("-")
    if not digits:
        raise _invalid("The value is empty. Type an integer, such as 42.")
    if wrong := _NOT_A_DIGIT.search(digits):
        raise _not_an_integer(text, wrong.start() + len(text) - len(digits))
    digits = digits.lstrip("0") or "0"
    integer = f"-{digits}" if text.startswith("-") and digits != "0" else digits
    if not is_within_64_bits(integer):
        raise _invalid(
            "The value does not fit in 64 bits. "
            f"Type an integer from {SMALLEST_INTEGER} to {LARGEST_INTEGER}."
        )
    return integer


def _not_an_integer(text: str, at: int) -> InvalidValue:
    message = f"“{shortened(text)}” is not a whole number"
    character = text[at]
    # A character that cannot be typed on most keyboards, or not be seen, is named.
    if not (character.isascii() and character.isprintable()):
        message += f": {character_name(character)} at {position(text, at)} is not a digit"
    return _invalid(f"{message}. Enter digits only, such as 42 or -7.")


def _float(text: str) -> str:
    if not text:
        raise _invalid("The value is empty. Type a number, such as 0.7.")
    number = _FLOAT.fullmatch(text)
    if not number:
        raise _not_a_float(text)
    whole = number["whole"].lstrip("0") or "0"
    fraction = f".{number['fraction']}" if number["fraction"] else ""
    stored = f"{number['minus']}{whole}{fraction}{number['exponent']}"
    if not math.isfinite(float(stored)):
        raise _invalid("The value is too large for a float. Type a number below 1.8e308 in size.")
    if float(stored) == 0 and set(whole + fraction) - {"0", "."}:
        raise _invalid("The value is so small that it would be read as 0. Type 0 to mean that.")
    return stored


def _not_a_float(text: str) -> InvalidValue:
    if len(text) <= SENTENCE_CHARACTERS and _WITH_COMMA.fullmatch(text):
        meant = text.replace(",", ".").replace("-.", "-0.")
        meant = f"0{meant}" if meant.startswith(".") else meant
        return _invalid(
            f"The value is not a number: it has a comma. Did you mean {meant}? "
            "Type it like that, with a point for the decimals."
        )
    wrong = _NOT_IN_A_FLOAT.search(text)
    reason = f"“{shortened(text)}” cannot be read as one"
    if wrong:
        where = position(text, wrong.start())
        reason = f"{character_name(wrong.group())} at {where} does not belong there"
    return _invalid(
        f"The value is not a number: {reason}. "
        "Type it like 0.7, -12 or 1e-3, with a point for the decimals and nothing between digits."
    )


def _boolean(text: str) -> str:
    boolean = _BOOLEANS.get(text.lower())
    if boolean is None:
        found = f"“{shortened(text)}” is" if text else "Nothing typed is"
        raise _invalid(f"{found} neither true nor false. Type one of the two.")
    return boolean


def _json(text: str) -> str:
    try:
        strict_json.read_json(text)
    except NotJson as mistake:
        message = f"The value is not valid JSON at {mistake.place}: {mistake}."
        raise _invalid(message) from mistake
    return text


def _summary(text: str) -> str:
    try:
        value = strict_json.read_json(text)
    except NotJson:
        return NOT_JSON
    if isinstance(value, list):
        return f"List with {counted(len(value), 'entry', 'entries')}"
    if isinstance(value, dict):
        return f"Object with {counted(len(value), 'member', 'members')}"
    return shortened(text, SUMMARY_CHARACTERS)


def _invalid(message: str) -> InvalidValue:
    return InvalidValue(message, field=VALUE_FIELD)
