"""The section settings: a file for each page."""

from app.web.settings import (
    delete,
    deleted,
    history,
    index,
    new,
    past,
    restore,
    review,
    show,
    undo,
)

__all__ = [
    "delete",
    "deleted",
    "history",
    "index",
    "new",
    "past",
    "restore",
    "review",
    "show",
    "undo",
]
