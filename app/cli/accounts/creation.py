"""``flask users create``: a person or a service account."""

from collections.abc import Iterable
from functools import partial
from typing import Any

import click

from app import config
from app.cli import arguments, links, output
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, reason_option
from app.cli.commands import TableCommand
from app.cli.failures import Misuse
from app.domain import roles, sign_in, users
from app.domain.phrases import listed
from app.domain.users import NewUser
from app.extensions import db
from app.models import User
from app.unit_of_work import carry_out, read


@click.command(cls=TableCommand)
@click.argument("name", type=TEXT)
@click.argument("email", type=TEXT)
@click.option(
    "--role", "role_names", type=TEXT, multiple=True, help="Role to assign (can be repeated)."
)
@click.option("--like", type=TEXT, help="Assign the roles of this user too.")
@click.option("--full-name", type=TEXT, help="The person's full name.")
@click.option("--bio", type=TEXT, help="About the person.")
@click.option(
    "--service-account", is_flag=True, help="Create an account for a program, without sign-in."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@reason_option
def create(
    name: str,
    email: str,
    role_names: tuple[str, ...],
    like: str | None,
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
    role_ids, domains = read(partial(_role_ids, role_names, like)), config.current().email_domains
    new = NewUser(name, email, role_ids=role_ids, email_domains=domains, **fields)
    if service_account:
        _create_service_account(new)
    elif password_stdin:
        _create_with_password(new)
    else:
        _create(new)


def _create(new: NewUser) -> None:
    actor = current_actor()
    user, token = carry_out(lambda: users.create(db.session, new, actor=actor), actor=actor)
    _tell(user, "")
    links.hand_over(user, token)


def _create_with_password(new: NewUser) -> None:
    actor, scheme = current_actor(), config.current().password_scheme
    ready = sign_in.registration(new, arguments.password(), scheme)
    user = carry_out(
        lambda: sign_in.create_with_password(db.session, ready, actor=actor), actor=actor
    )
    _tell(user, "")


def _create_service_account(new: NewUser) -> None:
    actor = current_actor()
    user = carry_out(
        lambda: users.create_service_account(db.session, new, actor=actor), actor=actor
    )
    _tell(user, "the service account ")


def _tell(user: User, kind: str) -> None:
    names = sorted(role.name for role in user.roles)
    what = f" with the role{'s' * (len(names) > 1)} {listed(names, len(names))}" if names else ""
    output.say(f"Created {kind}{user.username}{what}.")


def _role_ids(role_names: Iterable[str], like: str | None) -> frozenset[int]:
    own = {roles.named(db.session, name).id for name in role_names}
    others = {role.id for role in users.named(db.session, like).roles} if like else set()
    return frozenset(own | others)
