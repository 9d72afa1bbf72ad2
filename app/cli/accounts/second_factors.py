"""Second factors by command: their reset, and what ``flask doctor`` finds about them."""

from collections.abc import Iterator

import click

from app import config
from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, reason_option
from app.cli.commands import TableCommand
from app.domain import sign_in, users
from app.domain.phrases import counted
from app.extensions import db
from app.unit_of_work import carry_out


@click.command(cls=TableCommand)
@click.argument("name", type=TEXT)
@reason_option
def reset_second_factor(name: str, reason: str) -> None:
    """Remove the second factor of a user who has lost it; end their sessions.

    NAME is a user name or an email address. The user signs in with the password alone then, so be
    sure of who asks.
    """
    user_id, actor = users.named(db.session, name).id, current_actor()
    user = carry_out(
        lambda: sign_in.reset_factor(db.session, user_id, reason, actor=actor), actor=actor
    )
    output.say(f"{user.username} has no second factor any more.")


def problems() -> Iterator[str]:
    """Say whether there are second factors that nobody can use."""
    configuration = config.current()
    if configuration.secret_key is None:
        return
    secrets = (configuration.secret_key, *configuration.secret_key_fallbacks)
    if count := sign_in.unreadable_factors(db.session, secrets):
        yield (
            f"The keys of {counted(count, 'second factor')} are encrypted by another SECRET_KEY,"
            " so only recovery codes let their owners in. Put the former key in"
            " SECRET_KEY_FALLBACKS, or run: flask users reset-second-factor NAME"
        )
