"""Signing in and out, and the one-time links."""

from app.web.auth.views import blueprint

__all__ = ["blueprint"]
