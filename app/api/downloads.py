"""Exports as CSV files, recorded as those of the pages are."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from flask import Response, request

from app import unit_of_work
from app.api import bearer
from app.api.schemas import TEXT, Schema
from app.domain.csv import Separator
from app.domain.target import Target
from app.http import downloads
from app.models.base import utcnow

FILE: dict[str, Any] = {
    "gives": TEXT,
    "media": (downloads.CSV, *(mimetype for mimetype, _ in downloads.TYPES.values())),
}
SEPARATOR: dict[str, Schema] = {
    "separator": {"type": "string", "enum": [each.value for each in Separator]}
}


def separator_of(query: dict[str, str]) -> Separator:
    """Return the separator that a query asks for; by default the comma."""
    return Separator(query.get("separator", Separator.COMMA))


def record(action: str, target: Target, after: dict[str, Any]) -> None:
    """Record an export, before it is sent.

    A request for the head alone is sent no file, and records nothing.

    Args:
        action: The action.
        target: What is exported.
        after: The extent of the export.
    """
    if request.method != "HEAD":
        unit_of_work.record(action, target, actor=bearer.current_actor(), after=after)


def active(filters: Any) -> dict[str, Any]:
    """Return the filters that are not empty, of a dataclass of texts, as they are recorded."""
    return {"filter": {name: text for name, text in asdict(filters).items() if text}}


def csv_file(name: str, pieces: Iterable[bytes], separator: Separator) -> Response:
    """Return a response that sends a file, named after its content and the day in UTC."""
    return downloads.csv_file(name, pieces, separator, utcnow().date())
