"""Serves the console with an invented organisation, for trying it out: ``make demo``.

The organisation is kept in its own SQLite file, ``demo.db`` or the path in DEMO_PATH, with all
changes that are made to it; the key of its secrets is kept beside it. A file with other content is
refused and left unchanged. There is no default password: each start prints a one-time link for
choosing one.
"""

import os
import tempfile
from contextlib import closing
from pathlib import Path

from flask import Flask
from sqlalchemy import URL

from app import create_app
from app.cli import links
from app.cli.actor import current_actor
from app.domain import users
from app.extensions import db
from app.models.base import utcnow
from app.unit_of_work import carry_out
from tools import demo_organisation, run

FILE = "demo.db"
KEY = "MASTER_ENCRYPTION_KEY"
# The application id in the header of the file: "RAGd".
MARK = int.from_bytes(b"RAGd")
MARK_AT = slice(68, 72)
HEADER = 100


def main() -> None:
    """Create the organisation if the file does not exist yet, then serve the console."""
    path = Path(os.environ.get("DEMO_PATH") or run.ROOT / FILE).absolute()
    if not is_free(path) and not is_demo(path):
        run.stop(
            f"{path} is not a demo database, and was left unchanged. "
            "Another file: make demo DEMO_PATH=other.db",
            run.FAILED,
        )
    keys = {KEY: _key_file(path)}
    run.start(lambda app: _prepare(app, path), {"DATABASE_URL": _url(path)}, keys)


def create(path: Path) -> None:
    """Create the file with the organisation; it appears when it is complete."""
    handle, name = tempfile.mkstemp(suffix=".db", prefix=f".{path.stem}-", dir=path.parent)
    os.close(handle)
    unfinished = Path(name)
    try:
        own = {"DATABASE_URL": _url(unfinished), KEY: run.key_in(_key_file(path))}
        _fill(create_app(dict(os.environ) | own))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def is_free(path: Path) -> bool:
    """Tell whether the file is missing or empty."""
    return not path.exists() or path.stat().st_size == 0


def is_demo(path: Path) -> bool:
    """Tell whether this program created the file."""
    with path.open("rb") as file:
        header = file.read(HEADER)
    return header.startswith(b"SQLite format 3\0") and int.from_bytes(header[MARK_AT]) == MARK


def _prepare(app: Flask, path: Path) -> None:
    if is_free(path):
        print("Creating the demo, Nordhafen Archives ...", flush=True)
        create(path)
    run.migrate(app)
    _print_link()


def _print_link() -> None:
    name, actor = demo_organisation.ADMINISTRATOR, current_actor()
    user_id = users.named(db.session, name).id
    _, token = carry_out(lambda: users.start_reset(db.session, user_id, actor=actor), actor=actor)
    print(f"Open this link to choose a password for {name}, the demo's administrator:")
    print(links.url("auth.reset", token), flush=True)


def _fill(app: Flask) -> None:
    with app.app_context():
        run.command(app, "db", "upgrade")
        demo_organisation.create(db.session, utcnow())
        with closing(db.engine.raw_connection()) as connection:
            connection.execute(f"PRAGMA application_id = {MARK}")
            connection.commit()
        db.engine.dispose()


def _key_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.key")


def _url(path: Path) -> str:
    return URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
