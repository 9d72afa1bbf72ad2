"""Findings of ``flask doctor`` about the pages of a SQLite file."""

from collections.abc import Iterator

from sqlalchemy import text

from app import config
from app.extensions import db

WELL = "ok"


def whole_file() -> Iterator[str]:
    """Say what SQLite finds wrong with the pages of its file; nothing of other databases."""
    if db.engine.dialect.name != "sqlite":
        return
    found = db.session.scalars(text("PRAGMA quick_check(1)")).all()
    db.session.rollback()
    if found != [WELL]:
        place, words = config.current().where, " ".join(found[0].split())
        advice = "Stop the console, and restore the file from a backup: docs/backup.md"
        yield f"{place} is damaged: {words}. {advice}"
