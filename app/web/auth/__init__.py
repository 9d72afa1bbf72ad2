"""The section sign-in: a file for each page."""

from app.web.auth import login, logout, reset, second_factor, setup

__all__ = ["login", "logout", "reset", "second_factor", "setup"]
