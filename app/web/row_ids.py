"""The ids and names of rows, in paths and in forms."""

import re
from collections.abc import Iterable
from typing import Any

from werkzeug.routing import IntegerConverter, Map, PathConverter, ValidationError
from wtforms import SelectMultipleField

from app.domain.text import is_name
from app.models.base import HIGHEST_ID
from app.web.forms import ButtonField

NUMBER = re.compile(r"[0-9]{1,10}")


class IdConverter(IntegerConverter):
    """An id that every database can look up; another number is no page (404)."""

    # Python's \d and int() also take the digits of other scripts.
    regex = "[0-9]{1,10}"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, min=1, max=HIGHEST_ID)

    def to_python(self, value: str) -> int:
        """Return the id, or refuse the path."""
        try:
            return row_id(value)
        except ValueError as error:
            raise ValidationError from error


class NameConverter(PathConverter):
    """A name or a token that every database can look up; another text is no page (404)."""

    def to_python(self, value: str) -> str:
        """Return the name, or refuse the path."""
        if not is_name(value):
            raise ValidationError
        return value


class IdField(ButtonField):
    """A field for the id of one row."""

    def __init__(self, label: str, message: str, **options: Any) -> None:
        super().__init__(label, **options)
        self.message = message

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the id, or refuse the text."""
        self.data = possible_id(valuelist[0] if valuelist else None)
        if not self.data:
            raise ValueError(self.message)


def row_id(text: object) -> int:
    """Return the id that a field holds; ValueError, as forms expect, where it is none."""
    number = possible_id(text)
    if not number:
        raise ValueError("That is not an id.")
    return number


def possible_id(text: object) -> int:
    """Return the id that a text holds; 0 where it is none."""
    number = int(str(text)) if NUMBER.fullmatch(str(text)) else 0
    return number if number <= HIGHEST_ID else 0


def selected_ids(label: str) -> SelectMultipleField:
    """Return a field for the ids of selected rows; the domain checks that the rows exist."""
    return SelectMultipleField(label, coerce=row_id, validate_choice=False)


def joined(ids: Iterable[int]) -> str:
    """Return ids as one field keeps them."""
    return ",".join(str(number) for number in sorted(ids))


def parted(text: str | None) -> frozenset[int]:
    """Return the ids that `joined` put into a field, without what is no id."""
    return frozenset(map(possible_id, (text or "").split(","))) - {0}
