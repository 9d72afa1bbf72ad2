"""URLs of one-time links, built from the configured base URL."""

from flask import current_app

from app import config
from app.cli import output
from app.models import User


def check() -> None:
    """Refuse to create links that would not open, or would not be safe.

    Raises:
        ConfigurationError: The secret key or the base URL is missing or too weak.
    """
    config.check_serving(config.current())


def url(endpoint: str, token: str) -> str:
    """Return the URL of the page ``endpoint`` with a token."""
    path = current_app.url_map.bind("").build(endpoint, {"token": token})
    return f"{config.current().base_url}{path}"


def hand_over(user: User, token: str) -> None:
    """Print the link by which a user chooses a password."""
    output.say(
        f"Send this link to {user.username}. It lets them choose a password;"
        " valid once, for 60 minutes:"
    )
    output.write(url("auth.reset", token))
