"""The section audit: a file for each page."""

from app.web.audit import export, index, show

__all__ = ["export", "index", "show"]
