"""Roles in the API: their names, their permissions and their members."""

from app.api.roles import deletion, editing, export, grants, matrix, members

__all__ = ["deletion", "editing", "export", "grants", "matrix", "members"]
