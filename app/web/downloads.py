"""Files that are sent while they are being read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from flask import Response
from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import DbSession
from app.models.base import utcnow

Rows = Sequence[Row[Any]]


def csv_file(name: str, pieces: Iterable[bytes]) -> Response:
    """Answer with a file to be saved, named after what it holds and the day in UTC."""
    answer = Response(pieces, mimetype="text/csv")
    filename = f"{name}-{utcnow():%Y-%m-%d}.csv"
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    return answer


def in_batches(read: Callable[[DbSession, int], Rows]) -> Iterator[Rows]:
    """Yield batch after batch, each read in a transaction that has ended when it is sent.

    Nothing is held between two batches, whatever time the other end takes: on SQLite no writer
    waits for a download, elsewhere no connection does.

    Args:
        read: Returns the rows with ids above the given one, the first of them by id; none at the
            end.
    """
    # The request is over when the rows are asked for, and with it its session.
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
