"""Roles to look at and to change, and someone who may only look."""

import pytest
from sqlalchemy import insert, select

from app.models import Permission, Role, role_permissions
from tests.support.roles import permissions


@pytest.fixture
def iris(person):
    """May see roles and nothing else."""
    return person("iris", permissions=["role:read"])


@pytest.fixture
def role(session):
    """Finds a role by its name, or makes one: ``role("editor", "document:read")``."""

    def role(name, *codes):
        session.expire_all()
        found = session.scalars(select(Role).where(Role.name == name)).first()
        if found is None:
            found = Role(name=name, permissions=permissions(session, *codes))
            session.add(found)
            session.commit()
        return found

    return role


@pytest.fixture
def editor(session):
    """A role that grants reading and writing documents."""
    granted = permissions(session, "document:read", "document:update")
    role = Role(name="editor", description="Writes.", permissions=granted)
    session.add(role)
    session.commit()
    return role


@pytest.fixture
def cell(session):
    """Names a box of the matrix: ``cell("editor", "document:read")``."""

    def cell(role, code):
        role_id = session.scalars(select(Role.id).where(Role.name == role)).one()
        permission = session.scalars(select(Permission.id).where(Permission.code == code)).one()
        return f"{role_id}:{permission}"

    return cell


@pytest.fixture
def large(session):
    """50 roles and 200 permissions."""
    have = len(list(session.scalars(select(Permission.id))))
    more = [
        {
            "code": f"area{n % 20}:action{n}",
            "resource": f"area{n % 20}",
            "action": f"action{n}",
            "description": f"Lets people do the thing {n} with the area {n % 20}.",
        }
        for n in range(200 - have)
    ]
    session.execute(insert(Permission), more)
    session.execute(insert(Role), [{"name": f"department {n}"} for n in range(47)])
    everything = list(session.scalars(select(Permission.id)))
    rows = [
        {"role_id": role, "permission_id": permission}
        for role in session.scalars(select(Role.id).where(Role.name.startswith("department")))
        for permission in everything
        if (role * 7 + permission * 3) % 5
    ]
    session.execute(insert(role_permissions), rows)
    session.commit()
