"""``flask users clear-throttle``: sign-ins that were refused are possible again."""

from ipaddress import ip_address

import click

from app import config
from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, reason_option
from app.cli.commands import TableCommand
from app.cli.failures import Misuse
from app.domain import sign_in
from app.domain.phrases import counted
from app.extensions import db
from app.unit_of_work import carry_out

CHOICE = "Give a name, --address or --all: one of them."
NO_KEY = (
    "SECRET_KEY is not set: names and addresses are stored as digests with that key."
    " Set it as for the server, or use --all."
)


@click.command(cls=TableCommand)
@click.argument("name", type=TEXT, required=False)
@click.option("--address", type=TEXT, help="The address of a client, for its network.")
@click.option("--all", "is_all", is_flag=True, help="Everybody, from everywhere.")
@reason_option
def clear_throttle(name: str | None, address: str | None, reason: str, *, is_all: bool) -> None:
    """Let somebody sign in again after too many attempts.

    NAME is a user name or an email address.
    """
    if [bool(name), bool(address), is_all].count(True) != 1:
        raise Misuse(CHOICE)
    if not is_all and config.current().secret_key is None:
        raise Misuse(NO_KEY)
    address = address and _checked(address)
    actor, secret = current_actor(), config.current().secret_key or ""

    def clear() -> int:
        if name:
            return sign_in.clear_throttle_of(db.session, name, reason, actor=actor, secret=secret)
        return sign_in.clear_throttle(db.session, address, reason, actor=actor, secret=secret)

    count = carry_out(clear, actor=actor)
    output.say(f"Cleared {counted(count, 'budget')} of attempts to sign in.")


def _checked(address: str) -> str:
    try:
        return str(ip_address(address))
    except ValueError:
        raise Misuse("--address must be an address, such as 203.0.113.9 or 2001:db8::1.") from None
