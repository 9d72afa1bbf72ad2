"""Downloads that are sent while their rows are read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from flask import Response
from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import DbSession
from app.models.base import utcnow
from app.web import zones

Rows = Sequence[Row[Any]]


def csv_file(name: str, pieces: Iterable[bytes]) -> Response:
    """Return a response that downloads a file, named after its content and the reader's day."""
    response = Response(pieces, mimetype="text/csv")
    filename = f"{name}-{utcnow().astimezone(zones.current()):%Y-%m-%d}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response


def in_batches(read: Callable[[DbSession, int], Rows]) -> Iterator[Rows]:
    """Yield the batches, each read in a transaction that ends before it is sent.

    Nothing is held between two batches, however slow the client is: on SQLite no writer waits for
    a download, and elsewhere no connection is kept.

    Args:
        read: Returns the rows with ids above the given one, the first of them by id; none at the
            end.
    """
    # The request, and its session, have ended when the rows are read.
    return _batches(db.engine, read)


def _batches(engine: Any, read: Callable[[DbSession, int], Rows]) -> Iterator[Rows]:
    after = 0
    while True:
        with Session(engine) as session:
            rows = read(session, after)
        if not rows:
            return
        yield rows
        after = rows[-1].id
