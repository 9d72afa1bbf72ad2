"""Addresses of one-time links, built from the configured base URL and never from Host."""

from flask import current_app, url_for


def reset(token: str) -> str:
    """Return the address at which the owner of the link chooses a password."""
    return f"{current_app.config['CONSOLE'].base_url}{url_for('auth.choose_password', token=token)}"
