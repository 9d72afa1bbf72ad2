"""Sizes of data as text, such as 100MB."""

import re

_SIZE = re.compile(r"([1-9][0-9]{0,14})(B|KB|MB|GB|TB)")
_BYTES = {"B": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}
EXAMPLE = "a size such as 100MB: a whole number and B, KB, MB, GB or TB"


class Size(int):
    """The bytes that a size means.

    Attributes:
        text: The size as it was written.
    """

    text: str

    def __new__(cls, count: int, text: str) -> "Size":
        """Make a size of its bytes and its text."""
        size = super().__new__(cls, count)
        size.text = text
        return size


def read_size(text: str) -> Size | None:
    """Return the bytes that a size means; None for a text that is not a size."""
    size = _SIZE.fullmatch(text)
    return Size(int(size[1]) * _BYTES[size[2]], text) if size else None
