"""The section account: a file for each page."""

from app.web.account import keys, password, sessions, show, theme, zone

__all__ = ["keys", "password", "sessions", "show", "theme", "zone"]
