"""Values in pages, in which what cannot be seen is named."""

from collections.abc import Sequence

from flask import Flask
from markupsafe import Markup

from app.domain import visible
from app.domain.visible import Part

NAME = Markup('<span class="{}">⟨{}⟩</span>')
STYLE = "unseen"


def register(app: Flask) -> None:
    """Add the filters for values."""
    app.jinja_env.filters |= {"visible": value, "visible_in_line": part_of_line}


def value(text: str) -> str:
    """Return a value with names for white space at its ends and for what is invisible."""
    return _marked(text, visible.parts(text))


def part_of_line(text: str, *, is_last: bool) -> str:
    """Return a part of a line of a difference, likewise."""
    return _marked(text, visible.parts_of_line(text, is_last=is_last))


def _marked(text: str, parts: Sequence[Part]) -> str:
    if not any(is_name for is_name, _ in parts):
        return text
    return Markup("").join(NAME.format(STYLE, part) if is_name else part for is_name, part in parts)
