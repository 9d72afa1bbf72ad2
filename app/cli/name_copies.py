"""``flask users copy-names``: the folded copies of names, by which users are found."""

from collections.abc import Callable
from functools import partial

import click

from app.cli import output
from app.cli.actor import current_actor
from app.cli.commands import TableCommand
from app.domain import users
from app.domain.phrases import counted
from app.extensions import db
from app.unit_of_work import carry_out, read


@click.command(cls=TableCommand)
def copy_names() -> None:
    """Copy the names of users whom other programs added or renamed, and their words.

    The console does this by itself, some thousand users at a time. Names are found before they are
    copied, but among many thousand new ones that takes longer.
    """
    with output.progress("Names", read(lambda: users.count_uncopied(db.session))) as advance:
        count = copy_all(advance)
    output.say(f"Copied the names of {counted(count, 'user')}.")


def copy_all(advance: Callable[[int], None] | None = None) -> int:
    """Copy all names that are not copied, in short transactions; return how many there were.

    Args:
        advance: Called with the number of copied names after each transaction.
    """
    actor = current_actor()
    last: int | None = 0
    total = 0
    while last is not None:
        work = partial(users.copy_after, db.session, last)
        last, count = carry_out(work, actor=actor)
        total += count
        if advance:
            advance(count)
    return total
