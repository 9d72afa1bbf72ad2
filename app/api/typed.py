"""Values of settings as JSON has them: a number is a number, and a document of JSON is one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.api import preconditions
from app.domain import settings
from app.domain.errors import InvalidValue
from app.domain.settings import DataType, ShownSetting
from app.models import ApplicationSetting

GIVEN = ("value", "text", "unset")
# Those of the pages.
FORM_FIELDS = ("value", "secret")


def setting(row: ApplicationSetting) -> dict[str, Any]:
    """Return a setting as the API shows it: never the value of a secret, and no password."""
    return shown(settings.shown_setting(row))


def shown(line: ShownSetting) -> dict[str, Any]:
    """Return a listed setting as the API shows it."""
    content = {
        "key": line.key,
        "value": _value(line.value, line.data_type),
        "text": line.value,
        "is_set": line.is_set,
        "is_secret": line.is_secret,
        "is_mutable": line.is_mutable,
        "read_only_reason": line.read_only_reason,
        "data_type": line.data_type,
        "category": line.category,
        "description": line.description,
        "updated_at": line.updated_at.isoformat(),
    }
    # The etag of the domain stands for the value of a secret, which the answer does not hold.
    return preconditions.tagged(content, unseen=line.etag)


def text_of(body: dict[str, Any], data_type: str) -> str | None:
    """Return the text that a body gives a setting: typed, as text, or none for "not set".

    Args:
        body: The body, with one of ``value``, ``text`` and ``unset``.
        data_type: The data type of the setting.

    Raises:
        InvalidValue: There is not exactly one of them, or the value is of another JSON type.
    """
    given = [name for name in GIVEN if body.get(name, False) is not False]
    if "value" in body and "value" not in given:
        given.append("value")
    if len(given) != 1:
        raise InvalidValue("Send one of value, text and unset.", field="value")
    if given == ["unset"]:
        return None
    return str(body["text"]) if given == ["text"] else _text(body["value"], data_type)


@contextmanager
def placed(body: dict[str, Any]) -> Iterator[None]:
    """Place a mistake in the value at the field of the body that gave it."""
    try:
        yield
    except InvalidValue as mistake:
        for part in mistake.parts:
            if part.field in FORM_FIELDS:
                part.field = next((name for name in GIVEN if name in body), part.field)
        raise


def _text(value: Any, data_type: str) -> str:
    match DataType.of(data_type):
        case DataType.JSON | None:
            return json.dumps(value, ensure_ascii=False)
        case DataType.BOOLEAN if isinstance(value, bool):
            return "true" if value else "false"
        case DataType.INTEGER if _is_integer(value):
            return str(value)
        case DataType.FLOAT if _is_integer(value) or isinstance(value, float):
            return repr(value)
        case DataType.STRING if isinstance(value, str):
            return value
    raise InvalidValue(f"The value is not a JSON value of the type {data_type}.", field="value")


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _value(text: str | None, data_type: str) -> Any:
    """Return the value of a stored text; None where it is none of its type, whoever stored it."""
    try:
        return None if text is None else settings.typed(text, DataType.of(data_type))
    except InvalidValue:
        return None
