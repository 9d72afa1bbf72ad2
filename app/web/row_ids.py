"""The ids of rows, in paths and in forms."""

import re
from collections.abc import Iterable

from werkzeug.routing import IntegerConverter, Map
from wtforms import SelectMultipleField

from app.models.base import HIGHEST_ID

NUMBER = re.compile(r"[0-9]{1,10}")


class IdConverter(IntegerConverter):
    """An id that every database can look up; another number is no page (404)."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, min=1, max=HIGHEST_ID)


def row_id(text: object) -> int:
    """Return the id that a field holds; ValueError, as forms expect, where it is none."""
    if not NUMBER.fullmatch(str(text)) or not 0 < int(str(text)) <= HIGHEST_ID:
        raise ValueError("That is not an id.")
    return int(str(text))


def selected_ids(label: str) -> SelectMultipleField:
    """Return a field for the ids of selected rows; the domain checks that the rows exist."""
    return SelectMultipleField(label, coerce=row_id, validate_choice=False)


def joined(ids: Iterable[int]) -> str:
    """Return ids as one field keeps them."""
    return ",".join(str(number) for number in sorted(ids))


def parted(text: str | None) -> frozenset[int]:
    """Return the ids that `joined` put into a field, without what is no number."""
    return frozenset(int(part) for part in (text or "").split(",") if NUMBER.fullmatch(part))
