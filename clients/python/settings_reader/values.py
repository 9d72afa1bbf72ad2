"""Values of settings: the text of a row as a value of its data type, as the console types it."""

import json
import math
import re
from typing import Any, Never

MAX_DEPTH = 32
_INTEGER = re.compile(r"-?[0-9]+")
_FLOAT = re.compile(r"-?(?=\.?[0-9])[0-9]*(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
_BOOLEANS = {
    **dict.fromkeys(["true", "yes", "on", "1"], True),
    **dict.fromkeys(["false", "no", "off", "0"], False),
}


def typed(text: str, data_type: str) -> Any:
    """Return the value that a text stands for.

    Args:
        text: The stored text.
        data_type: ``string``, ``integer``, ``float``, ``boolean`` or ``json``; a value of any other
            type stays a text.

    Raises:
        ValueError: The text is no value of the data type; says why without repeating it.
    """
    match data_type:
        case "integer":
            return _integer(text.strip())
        case "float":
            return _float(text.strip())
        case "boolean":
            return _boolean(text.strip())
        case "json":
            return _json(text)
        case _:
            return text


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError("not a whole number")
    return _within_64_bits(text)


def _within_64_bits(text: str) -> int:
    # Counted first: int() takes quadratic time and refuses more than 4,300 digits.
    digits = text.removeprefix("-").lstrip("0") or "0"
    number = int(digits) if len(digits) <= len(str(_LARGEST)) else _LARGEST + 2
    number = -number if text.startswith("-") else number
    if not _SMALLEST <= number <= _LARGEST:
        raise ValueError("a whole number beyond 64 bits")
    return number


def _float(text: str) -> float:
    if not _FLOAT.fullmatch(text):
        raise ValueError("not a number")
    number = _finite(text)
    if number == 0 and re.search("[1-9]", re.split("[eE]", text)[0]):
        raise ValueError("so small that it would be read as 0")
    return number


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number too large for a float")
    return number


def _boolean(text: str) -> bool:
    value = _BOOLEANS.get(text.lower())
    if value is None:
        raise ValueError("neither true nor false")
    return value


def _json(text: str) -> Any:
    try:
        value = json.loads(
            text,
            parse_constant=_no_constant,
            parse_int=_within_64_bits,
            parse_float=_finite,
            object_pairs_hook=_members,
        )
    except json.JSONDecodeError as error:
        raise ValueError(f"not valid JSON at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise ValueError("JSON that is nested too deep") from None
    if _is_deeper(value, MAX_DEPTH):
        raise ValueError("JSON that is nested too deep")
    if "\\u" in text and re.search("[\ud800-\udfff]", json.dumps(value, ensure_ascii=False)):
        raise ValueError("not valid JSON: an escaped surrogate lacks its other half")
    return value


def _no_constant(_: str) -> Never:
    raise ValueError("not valid JSON: NaN and Infinity are no numbers")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("not valid JSON: a name occurs twice in an object")
    return members


def _is_deeper(value: Any, depth: int) -> bool:
    entries = value.values() if isinstance(value, dict) else value
    if not isinstance(value, (dict, list)):
        return False
    return depth == 0 or any(_is_deeper(entry, depth - 1) for entry in entries)
