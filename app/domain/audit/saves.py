"""Saves: the events of one save share its id and its time."""

from datetime import datetime
from typing import NamedTuple
from uuid import uuid4


class Save(NamedTuple):
    """The id and the time that the events of one save share."""

    id: str
    at: datetime


def new_save() -> str:
    """Return an id for the events of one save."""
    return str(uuid4())
