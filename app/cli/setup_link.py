"""``flask setup-link``: the link for the first administrator."""

import click

from app.cli import links, output
from app.cli.actor import current_actor
from app.cli.arguments import reason_option
from app.cli.commands import TableCommand
from app.domain import access, sign_in
from app.domain.sign_in import AlreadySetUp
from app.extensions import db
from app.unit_of_work import carry_out


@click.command("setup-link", cls=TableCommand)
@click.option("--if-needed", is_flag=True, help="Print nothing if an administrator exists.")
@reason_option
def setup_link(reason: str, *, if_needed: bool) -> None:
    """Print a one-time link for creating the first administrator.

    Refused if an administrator exists. A new link replaces the previous one.
    """
    if if_needed and access.has_administrator(db.session):
        return
    links.check()
    actor = current_actor()
    try:
        token = carry_out(
            lambda: sign_in.issue_setup_link(db.session, reason, actor=actor), actor=actor
        )
    except AlreadySetUp:
        if not if_needed:
            raise
        return
    output.say(
        "Open this link to become the first administrator. It is valid once, for 60 minutes:"
    )
    output.write(links.url("auth.setup", token))
