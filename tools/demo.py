"""Serves the console with an invented organisation, to look around in: ``make demo``.

The organisation lives in a SQLite file of its own, ``demo.db`` or what DEMO_PATH names, and stays
there with all that is changed in it. A file that holds anything else is refused and left as it is.
There is no default password: a one-time link is printed each time, with which the demo's
administrator chooses one.
"""

import os
import tempfile
from contextlib import closing
from pathlib import Path

from flask import Flask
from sqlalchemy import URL

from app import create_app
from app.extensions import db
from app.models.base import utcnow
from tools import demo_organisation, run

FILE = "demo.db"
# What SQLite keeps in the head of the file for whoever made it: "RAGd".
MARK = int.from_bytes(b"RAGd")
MARK_AT = slice(68, 72)
HEAD = 100


def main() -> None:
    """Found the organisation if it is not there yet, then serve the console on it."""
    path = Path(os.environ.get("DEMO_PATH") or run.ROOT / FILE).absolute()
    os.environ["DATABASE_URL"] = _url(path)
    run.start(lambda app: _prepare(app, path))


def found(path: Path) -> None:
    """Make the file with the organisation in it; it appears only when it is complete."""
    handle, name = tempfile.mkstemp(suffix=".db", prefix=f".{path.stem}-", dir=path.parent)
    os.close(handle)
    unfinished = Path(name)
    try:
        _fill(create_app(dict(os.environ) | {"DATABASE_URL": _url(unfinished)}))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def is_free(path: Path) -> bool:
    """Tell whether nothing would be lost with the file."""
    return not path.exists() or path.stat().st_size == 0


def is_demo(path: Path) -> bool:
    """Tell whether the file was made by this program."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    return head.startswith(b"SQLite format 3\0") and int.from_bytes(head[MARK_AT]) == MARK


def _prepare(app: Flask, path: Path) -> None:
    if is_free(path):
        print("Founding Nordhafen Archives ...", flush=True)
        found(path)
    elif not is_demo(path):
        run.stop(
            f"{path} holds something else than the demo, and is left as it is. "
            "Another file: make demo DEMO_PATH=other.db",
            run.FAILED,
        )
    run.migrate(app)
    run.command(app, "users", "reset-password", demo_organisation.ADMINISTRATOR)


def _fill(app: Flask) -> None:
    with app.app_context():
        run.command(app, "db", "upgrade")
        demo_organisation.found(db.session, utcnow())
        with closing(db.engine.raw_connection()) as connection:
            connection.execute(f"PRAGMA application_id = {MARK}")
            connection.commit()
        db.engine.dispose()


def _url(path: Path) -> str:
    return URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
