"""The search over settings, users, roles and permissions."""

from app.web.search.index import blueprint

__all__ = ["blueprint"]
