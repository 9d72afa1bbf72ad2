"""Roles in the API: their names, their permissions and their members."""

from app.api.roles import editing, grants

__all__ = ["editing", "grants"]
