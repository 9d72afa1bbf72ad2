"""A role gets a permission while a review that did not show it is saved: only one order is left."""

import pytest
from sqlalchemy import delete, select

from app.domain import roles, users
from app.domain.actor import ActorKind
from app.domain.reviews import ReviewOutdated
from app.domain.roles import GrantEdit, GrantsEdit
from app.domain.users import AssignmentEdit
from app.models import AuditEvent, Permission, Role, role_permissions, user_roles
from app.unit_of_work import carry_out
from tests.races.pairs import Pair
from tests.support.people import acting

ROUNDS = 20


def assigning(session, user_id, role_id, actor):
    made = []

    def read():
        edit = AssignmentEdit(frozenset({role_id}), users.roles_etag([]))
        text = users.review_roles(session, user_id, edit, actor=actor).content.text
        made.append(AssignmentEdit(edit.role_ids, edit.etag, "", text))

    def write():
        carry_out(lambda: users.set_roles(session, user_id, made[0], actor=actor), actor=actor)

    return read, write


def granting(session, role_id, permission_id, actor):
    made = []

    def read():
        edits = {role_id: GrantEdit(frozenset({permission_id}), roles.grants_etag(()))}
        text = roles.review_grants(session, GrantsEdit(edits), actor=actor).content.text
        made.append(GrantsEdit(edits, "", text))

    def write():
        carry_out(lambda: roles.change_grants(session, made[0], actor=actor), actor=actor)

    return read, write


@pytest.mark.slow
@pytest.mark.written_by_others
def test_the_later_of_a_grant_and_an_assignment_is_reviewed_again(app, session, ada, omar, person):
    couple = [acting(ada), acting(person("boris", roles=["admin"]))]
    role = Role(name="team")
    session.add(role)
    session.commit()
    role_id, user_id, engine = role.id, omar.id, session.get_bind()
    right = session.scalars(select(Permission.id).where(Permission.code == "user:read")).one()
    session.rollback()

    with Pair(app) as pair:
        for _ in range(ROUNDS):
            with engine.begin() as connection:
                for table in (role_permissions, user_roles):
                    connection.execute(delete(table).where(table.c.role_id == role_id))
            outcomes = pair.at_once(
                assigning(session, user_id, role_id, couple[0]),
                granting(session, role_id, right, couple[1]),
            )
            assert {type(outcome) for outcome in outcomes} == {type(None), ReviewOutdated}

    # What each round begins with, another program has taken away: that is recorded too.
    by_console = select(AuditEvent.action).where(AuditEvent.actor_kind != ActorKind.OUTSIDE)
    kinds = session.scalars(by_console).all()
    assert len(kinds) == ROUNDS
    assert set(kinds) <= {"role:assigned", "permission:granted"}
