"""Roles and permissions changed outside the console: seen, and recorded once."""

import pytest
from sqlalchemy import delete, insert, select

from app.domain import access, roles, users
from app.domain.actor import OUTSIDE
from app.domain.users import BulkAction, BulkEdit, NewUser, Selection
from app.models import Role, user_roles
from app.unit_of_work import carry_out
from tests.support.contents import events
from tests.support.people import OPERATOR


def role_id(session, name):
    return session.scalars(select(Role.id).where(Role.name == name)).one()


def give(session, user, name):
    pair = {"user_id": user.id, "role_id": role_id(session, name)}
    session.execute(insert(user_roles).values(pair))
    session.commit()


def take(session, user, name):
    pair = (user_roles.c.user_id == user.id, user_roles.c.role_id == role_id(session, name))
    session.execute(delete(user_roles).where(*pair))
    session.commit()


def assign(session, user, name):
    carry_out(lambda: users.assign_role(session, user.id, name, actor=OPERATOR), actor=OPERATOR)


def assign_many(session, user, name):
    selection = Selection(frozenset({user.id}))
    plan = users.review_many(session, BulkEdit(BulkAction.ASSIGN, selection, name), actor=OPERATOR)
    edit = BulkEdit(BulkAction.ASSIGN, selection, name, plan.etag, 1)
    carry_out(lambda: users.change_many(session, edit, actor=OPERATOR), actor=OPERATOR)


def start(session):
    for kind in (access.ROLES, access.GRANTS):
        for chunk in access.chunks(session, kind):
            access.record_start(session, kind, chunk, actor=OPERATOR)
    session.commit()


def differing(session, kind=access.ROLES):
    parts = [access.holders_in(session, kind, chunk) for chunk in access.chunks(session, kind)]
    holders = [holder for part in parts for holder in part]
    found = access.access_from_outside(session, kind, holders)
    return [(change.target.name, change.gained, change.lost) for change in found]


def from_outside(session):
    told = (event for event in events(session) if event.actor == OUTSIDE.name)
    return [(event.action, event.target, {**event.before, **event.after}) for event in told]


@pytest.mark.parametrize("save", [assign, assign_many])
def test_the_next_save_records_what_another_program_did_once(session, omar, save):
    assign(session, omar, "user")
    take(session, omar, "user")
    assert differing(session) == [("omar", (), ("user",))]

    save(session, omar, "viewer")
    save(session, omar, "user")

    assert from_outside(session) == [("role:unassigned", "omar", {"role": "user"})]
    assert differing(session) == []


def test_after_the_start_nothing_comes_from_nowhere(session, omar, person):
    give(session, omar, "user")
    assert differing(session) == []
    start(session)
    assert differing(session) == []

    give(session, omar, "viewer")
    person("late", roles=["viewer"])

    assert differing(session) == [("omar", ("viewer",), ()), ("late", ("viewer",), ())]


def test_a_user_of_the_console_is_known_without_a_start(session):
    new = NewUser("nora", "nora@example.org", role_ids=frozenset({role_id(session, "viewer")}))
    nora, _ = carry_out(lambda: users.create(session, new, actor=OPERATOR), actor=OPERATOR)
    give(session, nora, "admin")

    assert differing(session) == [("nora", ("admin",), ())]


def test_a_role_of_another_name_is_still_the_one_that_was_recorded(session, omar):
    role = Role(name="helpers")
    session.add(role)
    session.commit()
    assign(session, omar, "helpers")
    edit = roles.RoleEdit("aides", "", roles.etag_of(role))
    carry_out(lambda: roles.change(session, role.id, edit, actor=OPERATOR), actor=OPERATOR)

    assert differing(session) == []
