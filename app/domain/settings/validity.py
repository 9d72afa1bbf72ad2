"""Stored values that are not valid for their data type, as other programs may have written them."""

from functools import lru_cache

from app.domain.errors import InvalidValue
from app.domain.settings import strict_json, values
from app.domain.settings.strict_json import NotJson
from app.domain.settings.values import DataType

LONGEST_KEPT = 400
PROBLEMS = {
    DataType.INTEGER: "Not a valid integer",
    DataType.FLOAT: "Not a valid float",
    DataType.BOOLEAN: "Neither true nor false",
    DataType.JSON: values.NOT_JSON,
}


def problem(value: str | None, data_type: str) -> str:
    """Return what is wrong with a stored value, or "".

    Programs differ in what they make of spaces around a number, so only JSON may have them.
    """
    if value is None or data_type == DataType.STRING:
        return ""
    check = _problem if len(value) <= LONGEST_KEPT else _problem.__wrapped__
    return check(value, data_type)


@lru_cache(maxsize=4096)
def _problem(value: str, data_type: str) -> str:
    kind = DataType.of(data_type)
    if kind is None:
        return ""
    try:
        if kind is DataType.JSON:
            strict_json.read_json(value)
        else:
            values.canonical(value, kind)
    except (InvalidValue, NotJson):
        return PROBLEMS[kind]
    return "" if kind is DataType.JSON or value == value.strip() else PROBLEMS[kind]
