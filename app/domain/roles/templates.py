"""Role templates: roles that are often needed, to start from."""

from dataclasses import dataclass

from app.domain.permissions import PermissionCode


@dataclass(frozen=True)
class Template:
    """A role that is often needed: what it is called, what it is for, what it grants."""

    title: str
    description: str
    codes: frozenset[str]


TEMPLATES = {
    "settings-operator": Template(
        "Settings operator",
        "Reads and changes settings.",
        frozenset({PermissionCode.SETTINGS_READ, PermissionCode.SETTINGS_UPDATE}),
    ),
    "helpdesk": Template(
        "Helpdesk",
        "Creates users, assigns roles and helps with passwords.",
        frozenset(
            {
                PermissionCode.USER_CREATE,
                PermissionCode.USER_READ,
                PermissionCode.USER_UPDATE,
                PermissionCode.ROLE_READ,
                PermissionCode.ROLE_ASSIGN,
                PermissionCode.DOCUMENT_CREATE,
                PermissionCode.DOCUMENT_READ,
                PermissionCode.DOCUMENT_UPDATE,
            }
        ),
    ),
    "auditor": Template(
        "Auditor",
        "Reads settings, users, roles and what was changed.",
        frozenset(
            {
                PermissionCode.SETTINGS_READ,
                PermissionCode.USER_READ,
                PermissionCode.ROLE_READ,
                PermissionCode.AUDIT_READ,
            }
        ),
    ),
}
