"""The permissions that the console itself asks for."""

from collections.abc import Callable
from enum import StrEnum


class PermissionCode(StrEnum):
    """A permission, named ``resource:action``; each is a row of ``permissions`` after migration."""

    DOCUMENT_CREATE = "document:create"
    DOCUMENT_READ = "document:read"
    DOCUMENT_UPDATE = "document:update"
    DOCUMENT_DELETE = "document:delete"
    USER_CREATE = "user:create"
    USER_READ = "user:read"
    USER_UPDATE = "user:update"
    USER_DELETE = "user:delete"
    SETTINGS_CREATE = "settings:create"
    SETTINGS_READ = "settings:read"
    SETTINGS_UPDATE = "settings:update"
    SETTINGS_DELETE = "settings:delete"
    ROLE_CREATE = "role:create"
    ROLE_READ = "role:read"
    ROLE_UPDATE = "role:update"
    ROLE_DELETE = "role:delete"
    ROLE_ASSIGN = "role:assign"
    AUDIT_READ = "audit:read"


# Tells whether the actor has a permission.
May = Callable[[PermissionCode], bool]
