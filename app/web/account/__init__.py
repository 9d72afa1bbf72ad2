"""The section account: a file for each page."""

from app.web.account import density, keys, password, sessions, show, theme, zone

__all__ = ["density", "keys", "password", "sessions", "show", "theme", "zone"]
