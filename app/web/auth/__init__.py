"""The section sign-in: a file for each page."""

from app.web.auth import login, logout, reset, setup

__all__ = ["login", "logout", "reset", "setup"]
