"""The section settings: a file for each page."""

from app.web.settings import delete, index, new, restore, review, show, undo

__all__ = ["delete", "index", "new", "restore", "review", "show", "undo"]
