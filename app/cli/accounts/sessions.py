"""``flask users sessions`` and ``end-sessions``."""

import click

from app import config
from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, json_option, reason_option
from app.cli.commands import TableCommand
from app.domain import users
from app.domain.authentication import sessions as domain
from app.domain.authentication.sessions import Limits
from app.extensions import db
from app.unit_of_work import carry_out, read

TITLES = ("ID", "SIGNED IN (UTC)", "LAST USED (UTC)", "ADDRESS", "BROWSER")

name_argument = click.argument("name", type=TEXT)


@click.command(cls=TableCommand)
@name_argument
@json_option
def sessions(name: str, *, as_json: bool) -> None:
    """List where a user is signed in, the most recently used first."""
    configuration = config.current()
    limits = Limits(configuration.session_idle, configuration.session_lifetime)
    rows = domain.of_user(db.session, users.named(db.session, name).id, limits)
    if as_json:
        output.write_json(
            {
                "id": row.id,
                "created_at": row.created_at.isoformat(),
                "last_seen_at": row.last_seen_at.isoformat(),
                "address": row.address,
                "user_agent": row.user_agent,
            }
            for row in rows
        )
        return
    lines = (
        (
            str(row.id),
            f"{row.created_at:%Y-%m-%d %H:%M}",
            f"{row.last_seen_at:%Y-%m-%d %H:%M}",
            row.address or "",
            row.user_agent or "",
        )
        for row in rows
    )
    output.write_table(TITLES, lines)


@click.command(cls=TableCommand)
@name_argument
@click.option("--session", "session_id", type=int, help="Only the session with this ID.")
@reason_option
def end_sessions(name: str, session_id: int | None, reason: str) -> None:
    """End the sessions of a user, who then has to sign in again."""
    user_id, actor = read(lambda: users.named(db.session, name).id), current_actor()
    carry_out(
        lambda: users.end_sessions(db.session, user_id, session_id, reason, actor=actor),
        actor=actor,
    )
    output.say("Ended the session." if session_id else "Ended all sessions.")
