"""``flask tokens``: tokens of the API, by command."""

from typing import Any

import click

from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, json_option, reason_option
from app.cli.commands import CommandGroup
from app.domain import users
from app.domain.authentication import api_tokens
from app.domain.users import NewToken
from app.extensions import db
from app.models import ApiToken
from app.unit_of_work import carry_out, read

TITLES = ("ID", "OWNER", "NAME", "TOKEN", "EXPIRES", "LAST USED", "PERMISSIONS")


@click.group(cls=CommandGroup)
def tokens() -> None:
    """Manage tokens of the API: create, list, revoke.

    OWNER is a user name or an email address.
    """


@tokens.command()
@click.argument("owner", type=TEXT)
@click.argument("name", type=TEXT)
@click.option("--days", type=int, default=90, show_default=True, help="Days until it expires.")
@click.option(
    "--permission",
    "scopes",
    type=TEXT,
    multiple=True,
    help="Permission that it may use (can be repeated); by default, all of its owner.",
)
@reason_option
def create(owner: str, name: str, days: int, scopes: tuple[str, ...], reason: str) -> None:
    """Create a token for a user, and print it; it is not shown again."""
    user_id, actor = read(lambda: users.named(db.session, owner).id), current_actor()
    new = NewToken(name, frozenset(scopes) or None, days, reason)
    token, text = carry_out(
        lambda: users.create_token(db.session, user_id, new, actor=actor), actor=actor
    )
    output.say(f"Created the token {token.name}, until {token.expires_at:%Y-%m-%d %H:%M} UTC:")
    output.write(text)


@tokens.command("list")
@click.option("--owner", type=TEXT, help="Only the tokens of this user.")
@json_option
def list_(owner: str | None, *, as_json: bool) -> None:
    """List tokens by owner; never the tokens themselves."""
    user_id = users.named(db.session, owner).id if owner else None
    rows = [_as_object(token, name) for token, name in api_tokens.with_owners(db.session, user_id)]
    if as_json:
        output.write_json(rows)
    else:
        output.write_table(TITLES, map(_as_cells, rows))


@tokens.command()
@click.argument("token_id", type=int, metavar="ID")
@reason_option
def revoke(token_id: int, reason: str) -> None:
    """Revoke the token with this ID, which the list shows."""
    actor = current_actor()
    token = carry_out(
        lambda: users.revoke_token_of_anyone(db.session, token_id, reason, actor=actor), actor=actor
    )
    output.say(f"Revoked the token {token.name}.")


def _as_object(token: ApiToken, owner: str) -> dict[str, Any]:
    scopes, used_at = api_tokens.scopes_in(token.scopes), token.last_used_at
    return {
        "id": token.id,
        "owner": owner,
        "name": token.name,
        "start": token.start,
        "expires_at": token.expires_at.isoformat(),
        "last_used_at": used_at and used_at.isoformat(),
        "permissions": None if scopes is None else sorted(scopes),
    }


def _as_cells(row: dict[str, Any]) -> tuple[str, ...]:
    permissions = "all" if row["permissions"] is None else ", ".join(row["permissions"])
    used = row["last_used_at"] or "never"
    return (
        str(row["id"]),
        row["owner"],
        row["name"],
        row["start"],
        row["expires_at"],
        used,
        permissions,
    )
