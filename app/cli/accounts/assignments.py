"""``flask users assign`` and ``unassign``: one role of a user."""

from collections.abc import Callable, Sized
from functools import partial

import click

from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, dry_run_option, reason_option
from app.cli.commands import TableCommand
from app.domain import roles, users
from app.domain.actor import Actor
from app.domain.phrases import listed
from app.domain.users import AssignmentEdit, AssignmentReview
from app.extensions import db
from app.unit_of_work import carry_out, read, try_out

Ids = frozenset[int]

name_argument = click.argument("name", type=TEXT)
role_argument = click.argument("role", type=TEXT)


@click.command(cls=TableCommand)
@name_argument
@role_argument
@dry_run_option
@reason_option
def assign(name: str, role: str, reason: str, *, dry_run: bool) -> None:
    """Assign a role to a user."""
    if dry_run:
        _write_review(name, f"get the role {role}", _reviewed(name, role, reason, Ids.union))
        return
    changed = _is_changed(users.assign_role, name, role, reason)
    output.say(f"{name} {'now' if changed else 'already'} has the role {role}.")


@click.command(cls=TableCommand)
@name_argument
@role_argument
@dry_run_option
@reason_option
def unassign(name: str, role: str, reason: str, *, dry_run: bool) -> None:
    """Remove a role from a user."""
    if dry_run:
        _write_review(name, f"lose the role {role}", _reviewed(name, role, reason, Ids.difference))
        return
    changed = _is_changed(users.unassign_role, name, role, reason)
    output.say(f"{name} {'no longer has' if changed else 'does not have'} the role {role}.")


def _is_changed(change: Callable[..., Sized], name: str, role: str, reason: str) -> bool:
    user_id, actor = read(lambda: users.named(db.session, name).id), current_actor()
    work = partial(change, db.session, user_id, role, reason, actor=actor)
    return len(carry_out(work, actor=actor)) > 0


def _reviewed(
    name: str, role: str, reason: str, change: Callable[[Ids, Ids], Ids]
) -> AssignmentReview:
    actor = current_actor()
    return try_out(lambda: _review(name, role, reason, change, actor), actor=actor)


def _review(
    name: str, role: str, reason: str, change: Callable[[Ids, Ids], Ids], actor: Actor
) -> AssignmentReview:
    user = users.named(db.session, name)
    held = frozenset(each.id for each in user.roles)
    wanted = change(held, frozenset({roles.named(db.session, role).id}))
    edit = AssignmentEdit(wanted, users.roles_etag(held), reason)
    return users.review_roles(db.session, user.id, edit, actor=actor)


def _write_review(name: str, change: str, review: AssignmentReview) -> None:
    """Write what a user would gain and lose."""
    if review.is_empty:
        output.say("Nothing would change.")
        return
    output.write(output.printable(f"{name} would {change}."))
    for verb, codes in (("gain", review.gained), ("lose", review.lost)):
        if codes:
            output.write(f"They would {verb} {listed(codes, len(codes))}.")
    if not (review.gained or review.lost):
        output.write("They would neither gain nor lose a permission.")
