"""Findings of ``flask doctor`` about the pages of a SQLite file."""

from collections.abc import Iterator

from app import config
from app.database import damage
from app.extensions import db


def whole_file() -> Iterator[str]:
    """Say what SQLite finds wrong with the pages of its file; nothing of other databases."""
    found = damage.of_file(db.session.connection())
    db.session.rollback()
    if found:
        advice = "Stop the console, and restore the file from a backup: docs/backup.md"
        yield f"{config.current().where} is damaged: {found}. {advice}"
