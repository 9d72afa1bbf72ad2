"""``flask permissions``: the permissions there are, who has them and why, by command."""

from collections.abc import Iterator
from typing import Any

import click
from sqlalchemy import Row

from app.cli import output
from app.cli.arguments import TEXT, json_option
from app.cli.commands import CommandGroup
from app.cli.failures import Failure
from app.domain import access, roles
from app.domain.paging import Cursors
from app.extensions import db

code_argument = click.argument("code", type=TEXT)


@click.group(cls=CommandGroup)
def permissions() -> None:
    """List permissions, explain those of a user, and tell who has one."""


@permissions.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List the permissions with what they allow."""
    found = roles.read_matrix(db.session).permissions
    if as_json:
        output.write_json({"code": row.code, "description": row.description} for row in found)
        return
    output.write_table(
        ("PERMISSION", "DESCRIPTION"), ((row.code, row.description or "") for row in found)
    )


@permissions.command()
@click.argument("user", type=TEXT)
@code_argument
@json_option
def explain(user: str, code: str, *, as_json: bool) -> None:
    """Tell whether USER has a permission, and why; USER is a user name or email address.

    The exit code is 0 if an active user has it, and 1 if not.
    """
    [answer] = access.check(db.session, [(user, code)])
    if as_json:
        output.write_json([answer._asdict()])
    elif answer.allowed:
        output.write(answer.reason)
    if not answer.allowed:
        raise Failure(answer.reason)


@permissions.command("who-can")
@code_argument
@json_option
def who_can(code: str, *, as_json: bool) -> None:
    """List the active users who have a permission, by name."""
    granting = roles.granting(db.session, roles.permission(db.session, code).id)
    people = _people([role.id for role in granting])
    if as_json:
        output.write_json({"username": row.username, "full_name": row.full_name} for row in people)
        return
    for row in people:
        output.write(row.username)


def _people(role_ids: list[int]) -> Iterator[Row[Any]]:
    count, after = roles.count_with_permission(db.session, role_ids), None
    while True:
        cursors = Cursors(after=after)
        page = roles.with_permission(db.session, role_ids, cursors, count=count)
        yield from page.rows
        after = page.after
        if after is None:
            return
