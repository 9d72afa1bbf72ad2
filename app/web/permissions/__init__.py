"""The section permissions."""

from app.web.permissions.views import blueprint

__all__ = ["blueprint"]
