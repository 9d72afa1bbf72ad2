"""The section users."""

from app.web.users import export, lifecycle, many, views
from app.web.users.section import blueprint

__all__ = ["blueprint", "export", "lifecycle", "many", "views"]
