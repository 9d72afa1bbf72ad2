"""The section permissions: a file for each page."""

from app.web.permissions import show

__all__ = ["show"]
