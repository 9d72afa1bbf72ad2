"""``flask setup-link``: how the first administrator comes in."""

import click

from app.cli import links, output
from app.cli.actor import current_actor
from app.cli.commands import TableCommand
from app.domain import access, sign_in
from app.domain.sign_in import AlreadySetUp
from app.extensions import db
from app.unit_of_work import carry_out


@click.command("setup-link", cls=TableCommand)
@click.option("--if-needed", is_flag=True, help="Print nothing if there is an administrator.")
def setup_link(*, if_needed: bool) -> None:
    """Print a one-time link with which somebody becomes the first administrator.

    Refused as soon as there is an administrator. A new link ends the one before.
    """
    if if_needed and access.has_administrator(db.session):
        return
    links.check()
    try:
        token = carry_out(lambda: sign_in.issue_setup_link(db.session), actor=current_actor())
    except AlreadySetUp:
        if not if_needed:
            raise
        return
    output.say("Open this link to become the first administrator. It works once, for an hour.")
    output.write(links.address("auth.set_up", token))
