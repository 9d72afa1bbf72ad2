"""The section transfer: a file for each page."""

from app.web.transfer import export, index

__all__ = ["export", "index"]
