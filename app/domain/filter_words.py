"""Words of filters that no name can be mistaken for.

A filter takes a name, or the word for "without one". The word begins with a mark, and a name that
begins with the mark is written with one more: so they differ whatever other programs store.
"""

MARK = ","
WITHOUT = f"{MARK}none"
# The word of links from before the mark. It keeps its meaning while nothing has that name.
OLD_WITHOUT = "none"


def written(name: str | None) -> str:
    """Return the filter for a name; `WITHOUT` for no name."""
    if not name:
        return WITHOUT
    return f"{MARK}{name}" if name.startswith(MARK) else name


def meant(text: str) -> str:
    """Return the name that a filter means; "" for `WITHOUT`."""
    if text == WITHOUT:
        return ""
    return text.removeprefix(MARK) if text.startswith(MARK * 2) else text
