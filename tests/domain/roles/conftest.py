"""Fixtures of the tests of roles."""

import pytest
from sqlalchemy import select

from app.models import Permission, Role


@pytest.fixture
def role(session):
    """Makes a role: ``role("editor", "document:read")``."""

    def role(name, *codes):
        granted = session.scalars(select(Permission).where(Permission.code.in_(codes))).all()
        assert len(granted) == len(codes)
        made = Role(name=name, permissions=list(granted))
        session.add(made)
        session.commit()
        return made

    return role
