"""The help pages."""

from app.web.help.keys import blueprint

__all__ = ["blueprint"]
