"""Roles are assigned and unassigned: reviewed, changed, recorded, never unseen."""

import threading
import time

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm.exc import StaleDataError

from app.domain import users
from app.domain.access import RoleGrants
from app.domain.errors import InvalidValue, NotFound, RuleError
from app.domain.users import AssignmentChangedMeanwhile, AssignmentEdit, assignments
from app.models import AuditEvent, Role, user_roles
from app.models.base import HIGHEST_ID
from app.unit_of_work import carry_out
from tests.support.assigning import edit, names_of, set_roles
from tests.support.contents import Event, digests, events
from tests.support.people import OPERATOR, acting


def test_each_role_that_is_assigned_or_unassigned_is_an_event(session, ada, vera):
    changed = set_roles(session, vera, "user", by=ada, reason="New team.")

    assert names_of(vera) == {"user"}
    assert {role.name for role in changed} == {"user", "viewer"}
    assert events(session) == [
        Event("role:assigned", "ada", "vera", {}, {"role": "user"}, "New team."),
        Event("role:unassigned", "ada", "vera", {"role": "viewer"}, {}, "New team."),
    ]
    assert len(set(session.scalars(select(AuditEvent.save_id)))) == 1


def test_an_assignment_that_changes_nothing_is_no_event(session, ada, vera):
    assert set_roles(session, vera, "viewer", by=ada) == ()
    assert events(session) == []


def test_a_change_and_its_events_are_rolled_back_together(session, ada, vera):
    before = digests(session.get_bind())

    users.set_roles(session, vera.id, edit(session, vera, "admin"), actor=acting(ada))
    session.flush()
    session.rollback()

    assert digests(session.get_bind()) == before


def test_roles_that_changed_meanwhile_are_told(session, ada, vera):
    seen = edit(session, vera, "user")
    set_roles(session, vera, "viewer", "user", by=ada)
    count = len(events(session))

    with pytest.raises(AssignmentChangedMeanwhile) as conflict:
        carry_out(
            lambda: users.set_roles(session, vera.id, seen, actor=acting(ada)),
            actor=acting(ada),
        )

    assert conflict.value.role_ids == {role.id for role in vera.roles}
    assert names_of(vera) == {"user", "viewer"}
    assert len(events(session)) == count


def test_roles_that_another_program_changed_meanwhile_are_told(session, ada, vera):
    seen = edit(session, vera, "viewer", "user")
    admin = session.scalars(select(Role.id).where(Role.name == "admin")).one()
    session.execute(insert(user_roles).values(user_id=vera.id, role_id=admin))
    session.commit()

    with pytest.raises(AssignmentChangedMeanwhile):
        users.set_roles(session, vera.id, seen, actor=acting(ada))


@pytest.mark.only_on("postgresql", "mysql")
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM user_roles WHERE user_id = :user AND role_id = :held",
        "INSERT INTO user_roles (user_id, role_id) VALUES (:user, :wanted)",
    ],
)
def test_a_change_by_another_program_in_the_same_moment_is_told(app, session, ada, vera, statement):
    wanted = edit(session, vera, "user")
    [role_id] = wanted.role_ids
    ids = {"user": vera.id, "held": vera.roles[0].id, "wanted": role_id}
    engine, user_id, actor = session.get_bind(), vera.id, acting(ada)
    told: list[RuleError] = []

    def change() -> None:
        with app.app_context():
            try:
                carry_out(
                    lambda: users.set_roles(session, user_id, wanted, actor=actor),
                    actor=actor,
                )
            except RuleError as refusal:
                told.append(refusal)

    session.rollback()
    thread = threading.Thread(target=change)
    with engine.begin() as other_program:
        other_program.execute(
            text(statement), {name: ids[name] for name in ids if f":{name}" in statement}
        )
        thread.start()
        time.sleep(0.3)
        assert thread.is_alive()
    thread.join()

    assert [type(refusal) for refusal in told] == [AssignmentChangedMeanwhile]


@pytest.mark.only_on("sqlite")
def test_a_role_that_another_program_has_removed_is_not_removed_again(session, vera):
    with pytest.raises(StaleDataError):
        assignments.remove(session, vera, [RoleGrants(HIGHEST_ID, "gone")])


def test_a_user_who_does_not_exist_is_not_found(session, ada):
    nobody = AssignmentEdit(frozenset(), "")
    for change in (
        lambda: users.set_roles(session, 2**31 - 1, nobody, actor=acting(ada)),
        lambda: users.review_roles(session, 2**31 - 1, nobody, actor=acting(ada)),
        lambda: users.assign_role(session, 2**31 - 1, "viewer", actor=acting(ada)),
        lambda: users.deactivate(session, 2**31 - 1, actor=acting(ada)),
    ):
        with pytest.raises(NotFound):
            carry_out(change, actor=acting(ada))
    assert events(session) == []


@pytest.mark.parametrize("role_id", [0, -1, 2**31 - 1, 2**31, 2**63, 10**30])
def test_a_role_that_does_not_exist_is_refused(session, ada, vera, role_id):
    wanted = AssignmentEdit(frozenset({role_id}), users.roles_etag(role.id for role in vera.roles))

    with pytest.raises(InvalidValue, match="One of the roles does not exist"):
        users.set_roles(session, vera.id, wanted, actor=acting(ada))


def test_assigning_and_unassigning_by_name(session, ada, vera):
    for change, name in ((users.assign_role, " User"), (users.unassign_role, "VIEWER")):
        carry_out(
            lambda change=change, name=name: change(session, vera.id, name, actor=OPERATOR),
            actor=OPERATOR,
        )

    assert names_of(vera) == {"user"}
    assert [event.action for event in events(session)] == ["role:assigned", "role:unassigned"]


def test_the_review_names_what_is_gained_and_lost(session, ada, vera):
    review = users.review_roles(session, vera.id, edit(session, vera, "user"), actor=acting(ada))

    assert (review.gained_roles, review.lost_roles) == (("user",), ("viewer",))
    assert review.gained == ("document:create", "document:update")
    assert review.lost == ()
    assert events(session) == []
