"""The JSON Schema of the transfer file, which each file is checked against."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from app.domain import settings
from app.domain.errors import InvalidValue
from app.domain.phrases import counted

_FILE = Path(__file__).with_name("transfer-file.schema.json")
FIELD = "text"
_TOLD = 3


def schema_text() -> str:
    """Return the JSON Schema (2020-12) of the transfer file."""
    return _FILE.read_text(encoding="utf-8")


def refuse_mistakes(content: Any) -> None:
    """Refuse what does not fit the schema.

    Raises:
        InvalidValue: It does not; names the first places, and repeats nothing of the file.
    """
    errors = list(islice(_validator().iter_errors(content), _TOLD))
    if errors:
        told = (f"{_place(error)} {_words(error)}." for error in errors)
        raise InvalidValue(f"This is no transfer file. {' '.join(told)}", field=FIELD)


def _words(error: Any) -> str:
    """Return what a place breaks, as the rest of a sentence; what is there may be a secret."""
    words = _OWN.get(error.validator, settings.broken_rule)
    return words(error)


def _unknown_names(error: Any) -> str:
    # They are not repeated: of a value with a comma, YAML takes the rest for a name.
    known = error.schema["properties"]
    count = sum(name not in known for name in error.instance)
    names = counted(count, "name that is not known there", "names that are not known there")
    return f"has {names}; known are {', '.join(known)}"


def _too_long(error: Any) -> str:
    return f"{settings.broken_rule(error)}, and has {len(error.instance):,}: split the file"


@cache
def _validator() -> Any:
    # Imported for the first file: the library takes time and memory.
    library = import_module("jsonschema")
    return library.Draft202012Validator(json.loads(schema_text()))


def _place(error: Any) -> str:
    """Return where a mistake is, as settings[2].key counts."""
    path = ""
    for part in error.absolute_path:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path or "The file"


_OWN: Mapping[str, Callable[[Any], str]] = {
    "additionalProperties": _unknown_names,
    "maxItems": _too_long,
    "not": lambda _: "is marked as a secret, and must have no value",
    "oneOf": lambda _: "must be a list of permission codes, or “all”",
}
