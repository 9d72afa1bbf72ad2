"""``flask users search-index``: the optional index for finding users by any part of a name."""

import time
from collections.abc import Callable
from functools import partial

import click
from flask import current_app

from app import unit_of_work
from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import json_option, reason_option
from app.cli.commands import CommandGroup
from app.cli.failures import Failure
from app.config import Configuration
from app.database import trigram_index
from app.database.trigram_index import IndexState, NoIndex
from app.domain.target import Target
from app.domain.text import checked_reason
from app.extensions import db

TARGET = Target("list", "search index of users")

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
@reason_option
def build(reason: str) -> None:
    """Build the index, or complete an unfinished one."""
    seconds = _timed(partial(trigram_index.build, on_start=_announce), "search-index:built", reason)
    if seconds is None:
        output.say("The index already exists. Nothing was changed.")
    else:
        output.say(f"Built the index in {seconds:.1f} s. {SENTENCES[IndexState.KEPT]}")


@search_index.command()
@reason_option
def drop(reason: str) -> None:
    """Drop the index."""
    seconds = _timed(trigram_index.drop, "search-index:dropped", reason)
    if seconds is None:
        output.say("The index does not exist. Nothing was changed.")
    else:
        output.say(f"Dropped the index in {seconds:.1f} s. {SENTENCES[IndexState.ABSENT]}")


@search_index.command()
@json_option
def status(*, as_json: bool) -> None:
    """Print whether the index exists."""
    state = trigram_index.state(db.session.connection())
    if as_json:
        output.write_json([{"state": state.value}])
        return
    output.write(SENTENCES[state])


def _announce() -> None:
    output.say("Building the index. This can take minutes; the console stays usable.")


def _timed(change: Callable[[Configuration], bool], action: str, reason: str) -> float | None:
    """Make the change and record it; return its duration in seconds, or None for no change."""
    reason = checked_reason(reason)
    # On SQLite, nobody can write while this connection still reads.
    db.session.rollback()
    start = time.monotonic()
    try:
        is_changed = change(current_app.config["CONSOLE"])
    except NoIndex as error:
        raise Failure(str(error)) from error
    if not is_changed:
        return None
    seconds = time.monotonic() - start
    unit_of_work.record(action, TARGET, actor=current_actor(), reason=reason)
    return seconds
