"""Addresses of one-time links, built from the configured base URL and never from Host."""

from flask import url_for

from app import config


def reset(token: str) -> str:
    """Return the address at which the owner of the link chooses a password."""
    return f"{config.current().base_url}{url_for('auth.reset', token=token)}"
