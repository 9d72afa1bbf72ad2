"""Words of keys and texts: what is between them does not matter when they are searched."""

import re

# Between digits, "." and ":" belong to a number or a time: "1.5", "08:00".
_BETWEEN = r"(?:[\s_-]|(?<!\d)[.:]|[.:](?!\d))+"
_SEPARATORS = re.compile(_BETWEEN)


def words(text: str) -> list[str]:
    """Return the words of a text in one case: "max_upload-size" has three."""
    return [word for word in _SEPARATORS.split(text.casefold()) if word]


def plain(text: str) -> str:
    """Return a text as its words with single spaces between them."""
    return " ".join(words(text))


def pattern(text: str) -> str:
    """Return the pattern that finds the words of a text as they stand, whatever is between them."""
    return _BETWEEN.join(map(re.escape, words(text))) or re.escape(text)


def have(parts: list[str | None], text: str) -> bool:
    """Tell whether each word of a text is in one of the parts, in any order.

    A text without a word, such as ".", has to be in a part as it is.
    """
    wanted = words(text)
    if not wanted:
        return any(text.casefold() in part.casefold() for part in parts if part)
    plain_parts = " ".join(plain(part) for part in parts if part)
    return all(word in plain_parts for word in wanted)
