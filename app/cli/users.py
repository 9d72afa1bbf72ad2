"""``flask users``: user accounts, by command."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import click
from sqlalchemy import Row

from app import config
from app.cli import (
    arguments,
    links,
    name_copies,
    output,
    search_index,
)
from app.cli.accounts import clear_throttle, profile, second_factors, sessions
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, json_option, reason_option
from app.cli.commands import CommandGroup
from app.cli.failures import Misuse
from app.cli.transfer import import_users
from app.domain import roles, sign_in
from app.domain import users as domain
from app.domain.actor import Actor
from app.domain.confirmation import Confirmation
from app.domain.paging import Cursors
from app.domain.users import NewUser, UserFilter
from app.extensions import db
from app.models import User
from app.models.spelling import shown_address
from app.unit_of_work import carry_out, read

T = TypeVar("T")

TITLES = ("USER NAME", "EMAIL", "FULL NAME", "STATUS", "ROLES")

name_argument = click.argument("name", type=TEXT)
role_argument = click.argument("role", type=TEXT)


@click.group(cls=CommandGroup)
def users() -> None:
    """Manage users: create, list, activate, deactivate, roles, passwords.

    NAME is a user name or an email address.
    """


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
@click.argument("email", type=TEXT)
@click.option(
    "--role", "role_names", type=TEXT, multiple=True, help="Role to assign (can be repeated)."
)
@click.option("--full-name", type=TEXT, help="The person's full name.")
@click.option(
    "--service-account", is_flag=True, help="Create an account for a program, without sign-in."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@reason_option
def create(
    name: str,
    email: str,
    role_names: tuple[str, ...],
    *,
    password_stdin: bool,
    service_account: bool,
    **fields: Any,
) -> None:
    """Create a user, and print a one-time link for choosing a password."""
    if password_stdin and service_account:
        raise Misuse("A service account has no password: leave out --password-stdin.")
    if not (password_stdin or service_account):
        links.check()
    role_ids, domains = read(lambda: _ids_of(role_names)), config.current().email_domains
    new = NewUser(name, email, role_ids=role_ids, email_domains=domains, **fields)
    actor = current_actor()
    if service_account:
        user = carry_out(
            lambda: domain.create_service_account(db.session, new, actor=actor), actor=actor
        )
        output.say(f"Created the service account {user.username}.")
        return
    if password_stdin:
        scheme = config.current().password_scheme
        ready = sign_in.registration(new, arguments.password(), scheme)
        user = carry_out(
            lambda: sign_in.create_with_password(db.session, ready, actor=actor), actor=actor
        )
        output.say(f"Created {user.username}.")
        return
    user, token = carry_out(lambda: domain.create(db.session, new, actor=actor), actor=actor)
    output.say(f"Created {user.username}.")
    _print_link(user, token)


@users.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List all users by name, with their roles."""
    if as_json:
        output.write_json(_as_object(row) for row in _all())
    else:
        output.write_table(TITLES, (_as_cells(row) for row in _all()))


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


@users.command()
@name_argument
@role_argument
@reason_option
def assign(name: str, role: str, reason: str) -> None:
    """Assign a role to a user."""
    changed = _change(
        name, lambda key, actor: domain.assign_role(db.session, key, role, reason, actor=actor)
    )
    output.say(f"{name} {'now' if changed else 'already'} has the role {role}.")


@users.command()
@name_argument
@role_argument
@reason_option
def unassign(name: str, role: str, reason: str) -> None:
    """Remove a role from a user."""
    changed = _change(
        name, lambda key, actor: domain.unassign_role(db.session, key, role, reason, actor=actor)
    )
    output.say(f"{name} {'no longer has' if changed else 'does not have'} the role {role}.")


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
    _print_link(user, token)


def _ids_of(role_names: Iterable[str]) -> frozenset[int]:
    return frozenset(roles.named(db.session, name).id for name in role_names)


def _change(name: str, change: Callable[[int, Actor], T]) -> T:
    # The id is looked up first, because the first statement of the change has to be its lock.
    user_id = domain.named(db.session, name).id
    actor = current_actor()
    return carry_out(lambda: change(user_id, actor), actor=actor)


def _print_link(user: User, token: str) -> None:
    output.say(
        f"Send this link to {user.username}. It lets them choose a password;"
        " valid once, for 60 minutes:"
    )
    output.write(links.url("auth.reset", token))


def _all() -> Iterator[Row[Any]]:
    after = None
    while True:
        page = domain.list_page(db.session, UserFilter(), "username", Cursors(after=after)).page
        yield from page.rows
        after = page.after
        if after is None:
            return


def _as_cells(row: Row[Any]) -> tuple[str, ...]:
    status = "active" if row.is_active else "inactive"
    return (
        row.username,
        shown_address(row.email),
        row.full_name or "",
        status,
        ", ".join(domain.role_names(row.roles)),
    )


def _as_object(row: Row[Any]) -> dict[str, Any]:
    return {
        "username": row.username,
        "email": shown_address(row.email),
        "full_name": row.full_name,
        "is_active": row.is_active,
        "is_verified": row.is_verified,
        "created_at": row.created_at.isoformat(),
        "roles": domain.role_names(row.roles),
    }
