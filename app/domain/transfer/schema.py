"""The JSON Schema of the transfer file, which each file is checked against."""

import json
from functools import cache
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from app.domain.errors import InvalidValue
from app.domain.text import shortened

_FILE = Path(__file__).with_name("transfer-file.schema.json")
FIELD = "text"
_TOLD = 3
_MESSAGE = 160


def schema_text() -> str:
    """Return the JSON Schema (2020-12) of the transfer file."""
    return _FILE.read_text(encoding="utf-8")


def refuse_mistakes(content: Any) -> None:
    """Refuse what does not fit the schema.

    Raises:
        InvalidValue: It does not; names the first places.
    """
    errors = list(islice(_validator().iter_errors(content), _TOLD))
    if errors:
        told = (f"{_place(error)}: {shortened(error.message, _MESSAGE)}." for error in errors)
        raise InvalidValue(f"This is no transfer file. {' '.join(told)}", field=FIELD)


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
    return path or "At the top"
