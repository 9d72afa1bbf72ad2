"""The section users: a file for each page."""

from app.web.users import (
    activation,
    bulk,
    delete,
    edit,
    export,
    index,
    new,
    reset,
    roles,
    sessions,
    show,
)

__all__ = [
    "activation",
    "bulk",
    "delete",
    "edit",
    "export",
    "index",
    "new",
    "reset",
    "roles",
    "sessions",
    "show",
]
