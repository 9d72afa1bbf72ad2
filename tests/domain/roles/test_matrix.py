"""Roles: the choices for a user, and the matrix."""

import pytest
from sqlalchemy import select

from app.domain import roles
from app.domain.errors import InvalidValue, NotFound
from app.domain.permissions import PermissionCode
from app.models import Permission, Role


def test_the_choices_for_a_user_say_what_is_held(session, vera):
    found = {choice.name: choice for choice in roles.choices(session, vera.id)}

    assert list(found) == ["admin", "user", "viewer"]
    assert [name for name, choice in found.items() if choice.is_held] == ["viewer"]
    assert found["user"].permission_count == 3
    assert found["admin"].grants_all
    assert all(choice.is_system for choice in found.values())


def test_for_a_new_user_no_role_is_held(session, vera):
    assert not any(choice.is_held for choice in roles.choices(session))


def test_the_matrix_says_which_role_grants_what(session):
    matrix = roles.read_matrix(session)
    granted = {role.name: role for role in matrix.roles}

    assert set(PermissionCode) <= {permission.code for permission in matrix.permissions}
    assert granted["viewer"].grants("document:read")
    assert not granted["viewer"].grants("document:update")
    assert list(matrix.by_resource()) == sorted(matrix.by_resource())


def test_in_the_matrix_admin_grants_what_was_added_later(session):
    session.add(Permission(code="document:share", resource="document", action="share"))
    session.commit()

    granted = {
        role.name for role in roles.read_matrix(session).roles if role.grants("document:share")
    }

    assert granted == {"admin"}


@pytest.mark.parametrize("typed", ["viewer", " Viewer ", "VIEWER"])
def test_a_role_is_found_by_its_name(session, typed):
    assert roles.named(session, typed).name == "viewer"


def test_the_name_of_a_role_is_stored_in_one_form(session):
    session.add(Role(name="  Settings Operator "))
    session.commit()

    assert roles.named(session, "settings operator").name == "settings operator"
    assert "settings operator" in roles.all_names(session)


@pytest.mark.parametrize("name", ["", "nobody", "viewér", "x" * 300, "a\0b", "a\ud800b"])
def test_a_role_that_does_not_exist_is_not_found(session, name):
    with pytest.raises(NotFound):
        roles.named(session, name)


def test_roles_are_found_by_their_ids(session):
    ids = frozenset(session.scalars(select(Role.id).where(Role.name != "admin")))

    assert [role.name for role in roles.with_ids(session, ids)] == ["user", "viewer"]
    assert roles.with_ids(session, frozenset()) == []


@pytest.mark.parametrize("unknown", [{0}, {-1}, {2**31}, {2**63}, {10**40}, set(range(1, 80_000))])
def test_ids_of_no_role_are_refused(session, unknown):
    known = set(session.scalars(select(Role.id)))

    with pytest.raises(InvalidValue, match="One of the roles does not exist"):
        roles.with_ids(session, frozenset(known | unknown))
