"""The names of the cookies of the console under test."""

from app import config

CONFIGURATION = config.read({"CONSOLE_ENV": "development"})


def cookie(name: str) -> str:
    """Return the name of a cookie in development, at the usual port."""
    return CONFIGURATION.cookie(name)
