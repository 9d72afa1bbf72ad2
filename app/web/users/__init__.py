"""The section users: a file for each page."""

from app.web.users import (
    activation,
    bulk,
    choose,
    delete,
    edit,
    export,
    history,
    index,
    new,
    offboard,
    reset,
    roles,
    sessions,
    show,
    tokens,
    undo,
)

__all__ = [
    "activation",
    "bulk",
    "choose",
    "delete",
    "edit",
    "export",
    "history",
    "index",
    "new",
    "offboard",
    "reset",
    "roles",
    "sessions",
    "show",
    "tokens",
    "undo",
]
