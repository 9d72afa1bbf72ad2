"""A .env file, read as the values of settings: CHUNK_SIZE is the value of chunk_size."""

from importlib import import_module
from io import StringIO
from typing import Any

from app.domain.errors import InvalidValue
from app.domain.phrases import listed
from app.domain.transfer.reading import hold_to_size
from app.domain.transfer.transfer_file import SettingEntry, TransferFile

FIELD = "pasted"


def read_env(text: str) -> TransferFile:
    """Return the settings that a .env file gives values to, by their keys in lowercase.

    Nothing is expanded: ``${OTHER}`` stays as it is. Sentences about mistakes repeat no values.

    Args:
        text: The text of the file, as python-dotenv reads it.

    Raises:
        InvalidValue: It is too long, a line is not NAME=value, a name occurs twice, or there is
            none.
    """
    hold_to_size(text, FIELD)
    entries: dict[str, SettingEntry] = {}
    twice = []
    for line in _bindings(text):
        key = line.key.lower()
        if key in entries:
            twice.append(key)
        entries[key] = SettingEntry(key, line.value, has_value=True)
    if twice:
        raise InvalidValue(f"The file names {listed(twice)} more than once.", field=FIELD)
    if not entries:
        raise InvalidValue("The file is empty. Paste lines such as CHUNK_SIZE=800.", field=FIELD)
    return TransferFile(settings=list(entries.values()))


def _bindings(text: str) -> list[Any]:
    lines = list(import_module("dotenv.parser").parse_stream(StringIO(text)))
    wrong = [line for line in lines if line.error or (line.key and line.value is None)]
    if wrong:
        number = wrong[0].original.line
        raise InvalidValue(f"Line {number} is not NAME=value. Correct or delete it.", field=FIELD)
    return [line for line in lines if line.key]
