"""The index of all parts of names, as tests have it built and dropped."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from app.database import trigram_index
from app.extensions import db


@contextmanager
def indexed(app: Flask) -> Iterator[None]:
    """Build the index; drop it afterwards, or what a test has left of it."""
    build(app)
    try:
        yield
    finally:
        drop(app)


def build(app: Flask) -> bool:
    """Build the index as the command does."""
    _end_transaction()
    return trigram_index.build(app.config["CONSOLE"])


def drop(app: Flask) -> bool:
    """Drop the index as the command does."""
    _end_transaction()
    return trigram_index.drop(app.config["CONSOLE"])


def _end_transaction() -> None:
    # SQLite lets nobody write while the test's own session still reads.
    db.session.commit()
