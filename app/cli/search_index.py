"""``flask users search-index``: the optional index by which users are found by parts of names."""

import time
from collections.abc import Callable
from functools import partial

import click
from flask import current_app

from app.cli import output
from app.cli.commands import CommandGroup
from app.config import Configuration
from app.database import trigram_index
from app.database.trigram_index import State
from app.extensions import db

SENTENCES = {
    State.KEPT: "There is an index: users are found by any part of user name and e-mail.",
    State.UNFINISHED: (
        "There is an index that is not complete, or not kept up, so it is not used."
        " Complete it: flask users search-index build. Or: flask users search-index drop"
    ),
    State.ABSENT: "There is no index: users are found by the beginning of user name and e-mail.",
}


@click.group(cls=CommandGroup)
def search_index() -> None:
    """Have users found by any part of their names, and not only by the beginning.

    Takes an index, which is built and dropped while the console serves. Until it is complete, and
    without it, users are found by the beginning of user name and e-mail.
    """


@search_index.command()
def build() -> None:
    """Build the index, or complete one that was begun."""
    seconds = _timed(partial(trigram_index.build, on_start=_announce))
    if seconds is None:
        output.say("There is one already. Nothing was changed.")
    else:
        output.say(f"Built it in {seconds:.1f} s. {SENTENCES[State.KEPT]}")


@search_index.command()
def drop() -> None:
    """Drop the index."""
    seconds = _timed(trigram_index.drop)
    if seconds is None:
        output.say("There was none. Nothing was changed.")
    else:
        output.say(f"Dropped it in {seconds:.1f} s. {SENTENCES[State.ABSENT]}")


@search_index.command()
def status() -> None:
    """Say whether there is an index."""
    output.write(SENTENCES[trigram_index.state(db.session.connection())])


def _announce() -> None:
    output.say("Building the index. It can take minutes; the console can be used meanwhile.")


def _timed(change: Callable[[Configuration], bool]) -> float | None:
    """Make the change; return the seconds that it took, or None where there was nothing to do."""
    # SQLite lets nobody write while this connection still reads.
    db.session.rollback()
    start = time.monotonic()
    is_changed = change(current_app.config["CONSOLE"])
    return time.monotonic() - start if is_changed else None
