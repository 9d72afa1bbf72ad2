"""Sizes of data as text, such as 100MB."""

import re

_SIZE = re.compile(r"([1-9][0-9]{0,14})(B|KB|MB|GB|TB)")
_BYTES = {"B": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}
EXAMPLE = "a size such as 100MB: a whole number and B, KB, MB, GB or TB"


def read_size(text: str) -> int | None:
    """Return the bytes that a size means; None for a text that is not a size."""
    size = _SIZE.fullmatch(text)
    return int(size[1]) * _BYTES[size[2]] if size else None
