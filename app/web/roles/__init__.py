"""The section roles."""

from app.web.roles import catalog, editing, export, pages
from app.web.roles.section import blueprint

__all__ = ["blueprint", "catalog", "editing", "export", "pages"]
