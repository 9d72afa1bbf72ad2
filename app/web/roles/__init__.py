"""The section roles: a file for each page."""

from app.web.roles import (
    compare,
    delete,
    edit,
    export,
    index,
    new,
    permissions,
    restore,
    review,
    show,
    undo,
)

__all__ = [
    "compare",
    "delete",
    "edit",
    "export",
    "index",
    "new",
    "permissions",
    "restore",
    "review",
    "show",
    "undo",
]
