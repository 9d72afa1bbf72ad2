"""``flask users search-index``: the optional index for finding users by any part of a name."""

import time
from collections.abc import Callable
from functools import partial

import click
from flask import current_app

from app.cli import output
from app.cli.commands import CommandGroup
from app.cli.failures import Failure
from app.config import Configuration
from app.database import trigram_index
from app.database.trigram_index import IndexState, NoIndex
from app.extensions import db

SENTENCES = {
    IndexState.KEPT: "The index exists: users are found by any part of their user name or email.",
    IndexState.UNFINISHED: (
        "The index is incomplete or out of date, so it is not used."
        " Run: flask users search-index build. Or: flask users search-index drop"
    ),
    IndexState.ABSENT: "No index: users are found by the beginning of their user name or email.",
}


@click.group(cls=CommandGroup)
def search_index() -> None:
    """Manage the optional index for searching users by any part of a name.

    The index can be built and dropped while the console is running. Until it is complete, and
    without it, users are found by the beginning of their user name or email.
    """


@search_index.command()
def build() -> None:
    """Build the index, or complete an unfinished one."""
    seconds = _timed(partial(trigram_index.build, on_start=_announce))
    if seconds is None:
        output.say("The index already exists. Nothing was changed.")
    else:
        output.say(f"Built the index in {seconds:.1f} s. {SENTENCES[IndexState.KEPT]}")


@search_index.command()
def drop() -> None:
    """Drop the index."""
    seconds = _timed(trigram_index.drop)
    if seconds is None:
        output.say("The index does not exist. Nothing was changed.")
    else:
        output.say(f"Dropped the index in {seconds:.1f} s. {SENTENCES[IndexState.ABSENT]}")


@search_index.command()
def status() -> None:
    """Print whether the index exists."""
    output.write(SENTENCES[trigram_index.state(db.session.connection())])


def _announce() -> None:
    output.say("Building the index. This can take minutes; the console stays usable.")


def _timed(change: Callable[[Configuration], bool]) -> float | None:
    """Make the change; return its duration in seconds, or None if there was nothing to do."""
    # On SQLite, nobody can write while this connection still reads.
    db.session.rollback()
    start = time.monotonic()
    try:
        is_changed = change(current_app.config["CONSOLE"])
    except NoIndex as error:
        raise Failure(str(error)) from error
    return time.monotonic() - start if is_changed else None
