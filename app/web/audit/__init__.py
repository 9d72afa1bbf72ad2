"""The section audit: a file for each page."""

from app.web.audit import index, show

__all__ = ["index", "show"]
