"""Two people change what one role grants in the same moment: one of them is told."""

import pytest
from sqlalchemy import delete, func, insert, select

from app.domain import roles
from app.domain.confirmation import Deletion
from app.domain.roles import GrantEdit, GrantsChangedMeanwhile, GrantsEdit
from app.models import AuditEvent, Permission, Role, role_permissions
from app.unit_of_work import carry_out
from tests.races.pairs import Pair
from tests.support.people import acting

ROUNDS = 50


@pytest.fixture
def couple(ada, person):
    """Two who administer."""
    return [acting(ada), acting(person("boris", roles=["admin"]))]


def granting(session, role_id, permission_id, actor):
    seen = []

    def read():
        matrix = roles.read_matrix(session)
        seen.append(roles.grants_etag(matrix.role(role_id).permission_ids))

    def write():
        edits = {role_id: GrantEdit(frozenset({permission_id}), seen[0])}
        carry_out(lambda: roles.change_grants(session, GrantsEdit(edits), actor=actor), actor=actor)

    return read, write


@pytest.mark.slow
def test_of_two_who_change_a_role_one_is_told(app, session, couple):
    role = Role(name="editor")
    session.add(role)
    session.commit()
    role_id, engine = role.id, session.get_bind()
    codes = ("document:read", "document:update")
    ids = [session.scalars(select(Permission.id).where(Permission.code == c)).one() for c in codes]
    held = role_permissions.c.role_id == role_id
    session.rollback()

    with Pair(app) as pair:
        for _ in range(ROUNDS):
            with engine.begin() as connection:
                connection.execute(delete(role_permissions).where(held))
            outcomes = pair.at_once(
                *(
                    granting(session, role_id, number, actor)
                    for number, actor in zip(ids, couple, strict=True)
                )
            )
            assert {type(one) for one in outcomes} == {type(None), GrantsChangedMeanwhile}
            with engine.connect() as connection:
                found = connection.scalars(select(role_permissions.c.permission_id).where(held))
                assert found.all() == [ids[outcomes.index(None)]]

    granted = select(func.count()).where(AuditEvent.action == "permission:granted")
    assert session.scalar(granted) == ROUNDS


@pytest.mark.slow
def test_a_role_that_is_deleted_while_it_is_changed_leaves_nothing_behind(app, session, couple):
    one, other = couple
    number = session.scalars(select(Permission.id).where(Permission.code == "user:read")).one()
    engine = session.get_bind()
    session.rollback()

    with Pair(app) as pair:
        for _ in range(ROUNDS):
            with engine.begin() as connection:
                role_id = connection.execute(insert(Role).values(name="team")).inserted_primary_key[
                    0
                ]
            pair.at_once(granting(session, role_id, number, one), deleting(session, role_id, other))
            with engine.begin() as connection:
                connection.execute(delete(Role).where(Role.name == "team"))
                left = select(func.count()).where(role_permissions.c.role_id == role_id)
                assert connection.scalar(left) == 0


def deleting(session, role_id, actor):
    seen = []

    def read():
        role = roles.read_matrix(session).role(role_id)
        seen.append(roles.deletion_etag(role))

    def write():
        typed = Deletion("team", seen[0])
        carry_out(lambda: roles.delete(session, role_id, typed, actor=actor), actor=actor)

    return read, write
