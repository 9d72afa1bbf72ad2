"""Tokens of the API on pages: those of all users, and the forms that create and revoke them."""

from app.web.tokens import index

__all__ = ["index"]
