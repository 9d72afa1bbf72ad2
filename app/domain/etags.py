"""Etags: digests of what an editor saw, to be compared with what is there when it is saved.

Made of the content, because other programs write the same rows and keep no version.
"""

import hashlib
import json
from json.encoder import encode_basestring_ascii

CHARACTERS = 32


def of(content: object) -> str:
    """Return the digest of what was shown: lists and plain values, in one order."""
    return _digest(json.dumps(content))


def of_row(*cells: str | bool | None) -> str:
    """Return the digest of a list of texts and flags: the same as `of`, for hundreds at once."""
    return _digest(f"[{', '.join(map(_written, cells))}]")


def _written(cell: object) -> str:
    if isinstance(cell, str):
        return encode_basestring_ascii(cell)
    return "true" if cell is True else "false" if cell is False else json.dumps(cell)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:CHARACTERS]
