"""Roles in the API: their names, their permissions and their members."""

from app.api.roles import editing, grants, matrix, members

__all__ = ["editing", "grants", "matrix", "members"]
