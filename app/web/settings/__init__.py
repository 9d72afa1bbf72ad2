"""The section settings."""

from app.web.settings import catalog, reviewing, views
from app.web.settings.section import blueprint

__all__ = ["blueprint", "catalog", "reviewing", "views"]
