"""Templates of common roles, and the permissions that a new role starts with."""

from dataclasses import dataclass

from sqlalchemy import select

from app.domain.errors import InvalidValue
from app.domain.permissions import PermissionCode
from app.domain.roles.matrix import read_matrix
from app.models import DbSession, Permission


@dataclass(frozen=True)
class Template:
    """The title, description and permissions of a common role."""

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


def starting_permissions(
    session: DbSession, template: str | None, clone_of: int | None
) -> dict[str, int]:
    """Return the IDs of the permissions of a template or of a role to clone, by code.

    Raises:
        InvalidValue: The template or the role does not exist.
    """
    if clone_of is not None:
        matrix = read_matrix(session)
        if clone_of not in matrix.by_id:
            raise InvalidValue("The role to clone does not exist.", field="template")
        codes = matrix.granted[clone_of]
    elif template is not None:
        if template not in TEMPLATES:
            raise InvalidValue("This template does not exist.", field="template")
        codes = TEMPLATES[template].codes
    else:
        return {}
    query = select(Permission.code, Permission.id).where(Permission.code.in_(codes))
    return {row.code: row.id for row in session.execute(query)}
