"""The settings that a text gives values to, so that those of secrets are not shown again."""

import re

from app.domain.errors import InvalidValue
from app.domain.transfer.reading import read_file
from app.domain.transfer.transfer_file import TransferFile

# What parts the entries of a list, in JSON and in YAML.
_BORDER = re.compile(r"[{}]|^[ \t]*-[ \t]", re.MULTILINE)
_KEY = re.compile(r"""\bkey["']?[ \t]*:\s*["']?([^\s"',]+)""")
_VALUE = re.compile(r"""\bvalue["']?[ \t]*:""")


def keys_with_values(text: str, file: TransferFile | None = None) -> list[str]:
    """Return the keys of the settings that the text of a transfer file gives values to.

    Of a text that is no transfer file, with a mistake in a single place for instance, they are
    those that stand with a value in what looks like an entry.

    Args:
        text: The text.
        file: Its content, if it has been read already.
    """
    try:
        entries = (file or read_file(text)).settings or []
    except InvalidValue:
        parts = [part for part in _BORDER.split(text) if _VALUE.search(part)]
        return [key for part in parts for key in _KEY.findall(part)]
    return [entry.key for entry in entries if entry.has_value]
