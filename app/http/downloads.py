"""Files that are sent in pieces, to be saved."""

from collections.abc import Iterable
from datetime import date

from flask import Response

from app.domain.csv import Separator

CSV = "text/csv"
TYPES = {Separator.TAB: ("text/tab-separated-values", "tsv")}


def csv_file(name: str, pieces: Iterable[bytes], separator: Separator, day: date) -> Response:
    """Return a response that sends a CSV file, named after its content and the reader's day."""
    mimetype, ending = TYPES.get(separator, (CSV, "csv"))
    return attachment(name, ending, pieces, mimetype, day)


def attachment(
    name: str, ending: str, pieces: Iterable[bytes], mimetype: str, day: date
) -> Response:
    """Return a response that sends a file, named after its content and the reader's day."""
    response = Response(pieces, mimetype=mimetype)
    filename = f"{name}-{day:%Y-%m-%d}.{ending}"
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response
