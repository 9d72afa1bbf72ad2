"""The section settings: a file for each page."""

from app.web.settings import (
    delete,
    deleted,
    history,
    index,
    new,
    past,
    relation,
    remove_relation,
    restore,
    review,
    rule,
    rules,
    secret,
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
    "relation",
    "remove_relation",
    "restore",
    "review",
    "rule",
    "rules",
    "secret",
    "show",
    "undo",
]
