"""The overview, which everybody sees who is signed in."""

from app.web.home.views import blueprint

__all__ = ["blueprint"]
