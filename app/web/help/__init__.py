"""The section help."""

from app.web.help.views import blueprint

__all__ = ["blueprint"]
