"""``flask users list``: all users, or those that match filters."""

from collections.abc import Iterator
from typing import Any

import click
from sqlalchemy import Row

from app.cli import output
from app.cli.arguments import TEXT, json_option
from app.cli.commands import TableCommand
from app.cli.failures import Misuse
from app.domain import filter_words, roles, users
from app.domain.paging import Cursors
from app.domain.users import UserFilter
from app.extensions import db
from app.models.spelling import shown_address

TITLES = ("USER NAME", "EMAIL", "FULL NAME", "STATUS", "ROLES")


@click.command("list", cls=TableCommand)
@click.option("--search", type=TEXT, default="", help="Only users with such a name or address.")
@click.option("--role", type=TEXT, help="Only users who have this role.")
@click.option("--without-role", is_flag=True, help="Only users who have no role.")
@click.option("--status", type=click.Choice(users.STATUSES), help="Only with it.")
@click.option(
    "--signed-in",
    type=click.Choice(users.SIGN_IN_TIMES),
    help="Only users who never signed in here, not for 90 days (idle), or since then (lately).",
)
@click.option("--kind", type=click.Choice(users.KINDS), help="Only people, or service accounts.")
@json_option
def list_(
    search: str, role: str | None, *, without_role: bool, as_json: bool, **choices: str | None
) -> None:
    """List the users by name, with their roles; of filters, all have to match."""
    if role and without_role:
        raise Misuse("Use one of --role and --without-role.")
    if role:
        role = filter_words.written(roles.named(db.session, role).name)
    if without_role:
        role = filter_words.WITHOUT
    chosen = {name: choice or "" for name, choice in choices.items()}
    found = _all(UserFilter(search, role or "", **chosen))
    if as_json:
        output.write_json(map(_as_object, found))
    else:
        output.write_table(TITLES, map(_as_cells, found))


def _all(filters: UserFilter) -> Iterator[Row[Any]]:
    after = None
    while True:
        page = users.list_page(db.session, filters, "username", Cursors(after=after)).page
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
        ", ".join(users.role_names(row.roles)),
    )


def _as_object(row: Row[Any]) -> dict[str, Any]:
    return {
        "username": row.username,
        "email": shown_address(row.email),
        "full_name": row.full_name,
        "is_active": row.is_active,
        "is_verified": row.is_verified,
        "created_at": row.created_at.isoformat(),
        "roles": users.role_names(row.roles),
        "is_service_account": bool(row.is_service),
    }
