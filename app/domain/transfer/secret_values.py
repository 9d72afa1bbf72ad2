"""The settings that a text gives values to, so that those of secrets are not shown again."""

import re

from app.domain.errors import InvalidValue
from app.domain.transfer.reading import read_file
from app.domain.transfer.transfer_file import TransferFile

# What parts the entries of a list, in JSON and in YAML.
_BORDER = re.compile(r"[{}]|^[ \t]*-[ \t]", re.MULTILINE)
_KEY = re.compile(r"""\bkey["']?[ \t]*:\s*["']?([^\s"',]+)""")
_MARK = re.compile(r"""\bsecret["']?[ \t]*:(?![ \t]*false)""", re.IGNORECASE)
_VALUE = re.compile(r"""\bvalue["']?[ \t]*:""")


def keys_with_values(text: str, file: TransferFile | None = None) -> dict[str, bool]:
    """Return the keys of the settings that the text gives values to, and whether as a secret.

    Of a text that is no transfer file, with a mistake in a single place for instance, they are
    those that stand with a value in what looks like an entry.

    Args:
        text: The text.
        file: Its content, if it has been read already.
    """
    try:
        entries = (file or read_file(text)).settings or []
    except InvalidValue:
        return keys_in_text(text)
    return {entry.key: entry.is_secret for entry in entries if entry.has_value}


def keys_in_text(text: str) -> dict[str, bool]:
    """Return the same of a text that is only looked through.

    To read a large file takes seconds, which nobody is given who has not signed in.
    """
    parts = [part for part in _BORDER.split(text) if _VALUE.search(part)]
    marks = {part: _MARK.search(part) is not None for part in parts}
    return {key: mark for part, mark in marks.items() for key in _KEY.findall(part)}
