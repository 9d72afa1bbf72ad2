"""The section account: a file for each page."""

from app.web.account import (
    density,
    keys,
    password,
    recovery_codes,
    remove_second_factor,
    second_factor,
    sessions,
    show,
    theme,
    tokens,
    zone,
)

__all__ = [
    "density",
    "keys",
    "password",
    "recovery_codes",
    "remove_second_factor",
    "second_factor",
    "sessions",
    "show",
    "theme",
    "tokens",
    "zone",
]
