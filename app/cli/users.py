"""``flask users``: user accounts, by command."""

from collections.abc import Callable
from typing import TypeVar

import click

from app.cli import (
    links,
    name_copies,
    output,
    search_index,
)
from app.cli.accounts import (
    assignments,
    bulk,
    clear_throttle,
    creation,
    listing,
    profile,
    second_factors,
    sessions,
)
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, reason_option
from app.cli.commands import CommandGroup
from app.cli.transfer import import_users
from app.domain import users as domain
from app.domain.actor import Actor
from app.domain.confirmation import Confirmation
from app.extensions import db
from app.unit_of_work import carry_out

T = TypeVar("T")

name_argument = click.argument("name", type=TEXT)


@click.group(cls=CommandGroup)
def users() -> None:
    """Manage users: create, list, activate, deactivate, roles, passwords.

    NAME is a user name or an email address.
    """


users.add_command(creation.create)
users.add_command(listing.list_)
users.add_command(bulk.bulk)
for command in (assignments.assign, assignments.unassign):
    users.add_command(command)
for command in (profile.show, profile.edit, profile.delete, profile.offboard, profile.undo):
    users.add_command(command)
users.add_command(sessions.sessions)
users.add_command(sessions.end_sessions, "end-sessions")
users.add_command(import_users.import_users)
users.add_command(search_index.search_index, "search-index")
users.add_command(name_copies.copy_names, "copy-names")
users.add_command(clear_throttle.clear_throttle, "clear-throttle")
users.add_command(second_factors.reset_second_factor, "reset-second-factor")


@users.command()
@name_argument
@reason_option
def activate(name: str, reason: str) -> None:
    """Activate a user, who can then sign in again."""
    typed = Confirmation(reason=reason)
    user = _change(name, lambda key, actor: domain.activate(db.session, key, typed, actor=actor))
    output.say(f"{user.username} is active.")


@users.command()
@name_argument
@reason_option
def deactivate(name: str, reason: str) -> None:
    """Deactivate a user, who can no longer sign in; end their sessions."""
    typed = Confirmation(reason=reason)
    user = _change(name, lambda key, actor: domain.deactivate(db.session, key, typed, actor=actor))
    output.say(f"{user.username} was deactivated.")


@users.command("reset-password")
@name_argument
@reason_option
def reset_password(name: str, reason: str) -> None:
    """Print a one-time link for choosing a new password."""
    links.check()
    typed = Confirmation(reason=reason)
    user, token = _change(
        name, lambda key, actor: domain.start_reset(db.session, key, typed, actor=actor)
    )
    links.hand_over(user, token)


def _change(name: str, change: Callable[[int, Actor], T]) -> T:
    # The id is looked up first, because the first statement of the change has to be its lock.
    user_id = domain.named(db.session, name).id
    actor = current_actor()
    return carry_out(lambda: change(user_id, actor), actor=actor)
