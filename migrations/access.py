"""Rows of ``permissions`` and ``role_permissions``, found by code and name, never by id."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from alembic import op

from migrations import schema

roles = sa.table("roles", sa.column("id", sa.Integer()), sa.column("name", sa.String()))
permissions = sa.table(
    "permissions",
    sa.column("id", sa.Integer()),
    sa.column("code", sa.String()),
    sa.column("resource", sa.String()),
    sa.column("action", sa.String()),
    sa.column("description", sa.Text()),
    sa.column("created_at"),
    sa.column("updated_at"),
)
role_permissions = sa.table(
    "role_permissions",
    sa.column("role_id", sa.Integer()),
    sa.column("permission_id", sa.Integer()),
)


def add_permissions(descriptions: Mapping[str, str]) -> None:
    """Add one permission per code, in a table that may be another program's."""
    for code, description in descriptions.items():
        resource, _, action = code.partition(":")
        values = {"code": code, "resource": resource, "action": action}
        moments = {"created_at": schema.now(), "updated_at": schema.now()}
        op.execute(sa.insert(permissions).values(**values, **moments, description=description))


def grant(role: str, codes: Sequence[str]) -> None:
    """Grant permissions to a role; to nobody where there is no such role."""
    pairs = (
        sa.select(roles.c.id, permissions.c.id)
        .select_from(roles.join(permissions, sa.true()))
        .where(roles.c.name == role, permissions.c.code.in_(codes))
    )
    op.execute(sa.insert(role_permissions).from_select(["role_id", "permission_id"], pairs))


def remove_permissions(codes: Sequence[str]) -> None:
    """Remove permissions and every grant of them."""
    removed = sa.select(permissions.c.id).where(permissions.c.code.in_(codes))
    op.execute(sa.delete(role_permissions).where(role_permissions.c.permission_id.in_(removed)))
    op.execute(sa.delete(permissions).where(permissions.c.code.in_(codes)))
