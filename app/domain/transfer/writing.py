"""A transfer file as the text of a YAML or JSON file."""

import json
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import Any

from app.domain.transfer.transfer_file import TransferFile, as_object

NO_FOLDS = 1_000_000


class TransferFormat(StrEnum):
    """The format of a transfer file."""

    YAML = "yaml"
    JSON = "json"


def written(file: TransferFile, file_format: TransferFormat) -> str:
    """Return the text of a file; the same content has the same text."""
    content = as_object(file)
    if file_format is TransferFormat.JSON:
        return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    yaml = import_module("yaml")
    text: str = yaml.dump(
        content, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=NO_FOLDS
    )
    return text


@cache
def _dumper() -> Any:
    yaml = import_module("yaml")
    # The parser in C is not in every build of the library.
    base = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    kind: Any = type("Dumper", (base,), {"ignore_aliases": lambda *_: True})
    kind.add_representer(str, _string)
    return kind


def _string(dumper: Any, text: str) -> Any:
    """Write several lines as a block; text with characters that cannot be seen, with escapes."""
    style = None
    if not text.isprintable():
        is_plain = all(line.isprintable() for line in text.split("\n"))
        style = "|" if is_plain else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)
