"""``flask users show``, ``edit``, ``delete``, ``offboard`` and ``undo``."""

from dataclasses import replace
from typing import Any

import click

from app import config
from app.cli import output
from app.cli.accounts.bulk import SENTENCES
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, dry_run_option, json_option, reason_option
from app.cli.commands import TableCommand
from app.domain import access, users
from app.domain.confirmation import Confirmation, Deletion
from app.domain.phrases import listed
from app.domain.users import ProfileEdit
from app.extensions import db
from app.models import User
from app.unit_of_work import carry_out, read, try_out

name_argument = click.argument("name", type=TEXT)


@click.command(cls=TableCommand)
@name_argument
@json_option
def show(name: str, *, as_json: bool) -> None:
    """Print a user with their roles and effective permissions."""
    user = users.named(db.session, name)
    told = _as_object(user)
    if as_json:
        output.write_json([told])
        return
    for field, value in told.items():
        text = ", ".join(value) if isinstance(value, list) else value
        output.write(output.printable(f"{field}: {'' if text is None else text}"))


@click.command(cls=TableCommand)
@name_argument
@click.option("--username", type=TEXT, help="The new user name.")
@click.option("--email", type=TEXT, help="The new email address.")
@click.option("--full-name", type=TEXT, help="The new full name.")
@click.option("--bio", type=TEXT, help="The new bio.")
@click.option("--verified/--not-verified", "is_verified", default=None, help="The address.")
@reason_option
def edit(name: str, reason: str, **fields: Any) -> None:
    """Change the profile of a user; what no option names stays."""
    user = read(lambda: users.named(db.session, name))
    given = {field: value for field, value in fields.items() if value is not None}
    profile = replace(users.profile_of(user), **given)
    domains = config.current().email_domains
    typed = ProfileEdit(profile, users.profile_etag(user), reason, domains)
    user_id, actor = user.id, current_actor()
    changed = carry_out(lambda: users.change(db.session, user_id, typed, actor=actor), actor=actor)
    output.say(f"Changed {', '.join(sorted(changed))}." if changed else "No change.")


@click.command(cls=TableCommand)
@name_argument
@reason_option
def delete(name: str, reason: str) -> None:
    """Delete a user with their roles, sessions and links; their history stays."""
    user_id, typed = read(lambda: _deletion(name, reason))
    actor = current_actor()
    carry_out(lambda: users.delete(db.session, user_id, typed, actor=actor), actor=actor)
    output.say(f"Deleted {typed.name}.")


@click.command(cls=TableCommand)
@name_argument
@dry_run_option
@reason_option
def offboard(name: str, reason: str, *, dry_run: bool) -> None:
    """Deactivate a user, end their sessions, revoke their links, and remove all their roles."""
    user_id, typed = read(lambda: users.named(db.session, name).id), Confirmation(reason)
    actor = current_actor()
    if dry_run:
        try_out(lambda: _write_offboarding(user_id), actor=actor)
        return
    user = carry_out(lambda: users.offboard(db.session, user_id, typed, actor=actor), actor=actor)
    output.say(f"{user.username} was offboarded.")


@click.command(cls=TableCommand)
@click.argument("event", type=int)
@dry_run_option
@reason_option
def undo(event: int, reason: str, *, dry_run: bool) -> None:
    """Undo the save of roles and activations that EVENT, the ID of an event, is part of."""
    actor = current_actor()
    found = try_out(lambda: users.review_undo(db.session, event, actor=actor), actor=actor)
    if dry_run:
        for plan in found.plans:
            names = [person.username for person in plan.changed]
            sentence = SENTENCES[plan.action][dry_run]
            output.write(output.printable(sentence.format(plan.role, listed(names, len(names)))))
        output.say_left_out(found.left_out)
        return
    typed = Confirmation(reason, found.content.text)
    undone = carry_out(lambda: users.undo(db.session, event, typed, actor=actor), actor=actor)
    output.say("Undid the save.")
    output.say_left_out(undone.left_out)


def _write_offboarding(user_id: int) -> None:
    """Write what would leave with a user."""
    user = users.get(db.session, user_id)
    access.refuse_losing(db.session, user)
    review = users.review_offboarding(db.session, user)
    told = "would be deactivated and signed out" if user.is_active else "is inactive already"
    names = [role.name for role in review.granting]
    output.write(output.printable(f"{user.username} {told}."))
    output.write(output.printable(f"Roles to be removed: {listed(names, len(names)) or 'none'}."))
    if codes := review.only_theirs:
        output.write(f"Only administrators would have {listed(codes, len(codes))}.")


def _deletion(name: str, reason: str) -> tuple[int, Deletion]:
    user = users.named(db.session, name)
    return user.id, Deletion(user.username, users.deletion_etag(user), reason)


def _as_object(user: User) -> dict[str, Any]:
    return {
        "username": user.username,
        "email": user.shown_email,
        "full_name": user.full_name,
        "is_active": user.is_active,
        "is_verified": user.is_verified,
        "is_service_account": users.extras(db.session, [user.id])[user.id].is_service,
        "roles": [role.name for role in user.roles],
        "permissions": [
            row.code for row in access.permissions_of(db.session, user.id) if row.roles
        ],
    }
