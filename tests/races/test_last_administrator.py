"""Two administrators demote each other in the same moment: one of them is always left."""

import random

import pytest
from sqlalchemy import delete, func, insert, select, update

from app.domain import access, users
from app.domain.access import LastAdministrator
from app.domain.confirmation import Confirmation
from app.domain.errors import BeyondOwnPermissions
from app.domain.users import AssignmentEdit, bulk
from app.models import AuditEvent, Role, User, user_roles
from app.unit_of_work import carry_out
from tests.races.pairs import Pair
from tests.support.equipment import takes_turns
from tests.support.people import OPERATOR, acting

ROUNDS = 100 if takes_turns() else 300
# Whoever comes second is told either that nobody would be left, or that they administer no more.
TOLD = (LastAdministrator, BeyondOwnPermissions)


@pytest.fixture
def boris(person):
    """Administers too."""
    return person("boris", roles=["admin"])


@pytest.mark.slow
@pytest.mark.written_by_others
def test_one_administrator_is_always_left(app, session, ada, boris, database_name, record_property):
    admin = session.scalars(select(Role.id).where(Role.name == "admin")).one()
    both = {ada.id: acting(ada), boris.id: acting(boris)}
    engine = session.get_bind()
    session.rollback()
    chance = random.Random(database_name)
    refusals = []

    with Pair(app) as pair:
        for _ in range(ROUNDS):
            with engine.begin() as connection:
                put_back(connection, list(both), admin)
            actors = [OPERATOR, *both.values()]
            outcomes = pair.at_once(
                *(
                    demotion(session, target, chance.choice(actors), chance.choice(WAYS), admin)
                    for target in both
                )
            )
            assert outcomes.count(None) == 1, outcomes
            refusals += [outcome for outcome in outcomes if outcome is not None]
            with engine.connect() as connection:
                assert connection.scalar(administrators(admin)) == 1

    assert {type(refusal) for refusal in refusals} == set(TOLD)
    recorded = select(func.count()).where(AuditEvent.action == "change:refused")
    assert session.scalar(recorded) == ROUNDS
    record_property(
        "figure",
        f"{ROUNDS} races for the last administrator on {database_name}: "
        f"{ROUNDS} demoted, {len(refusals)} told no, 0 times nobody left",
    )


@pytest.mark.only_on("postgresql", "mysql")
def test_an_undo_sees_what_another_program_takes_meanwhile(session, ada, boris, monkeypatch):
    for change in (users.unassign_role, users.assign_role):
        change(session, ada.id, "admin", actor=OPERATOR)
    session.commit()
    event_id = session.scalars(select(AuditEvent.id).filter_by(action="role:assigned")).one()
    reviewed = users.review_undo(session, event_id, actor=OPERATOR).content.etag
    deactivated = update(User).where(User.id == boris.id).values(is_active=False)
    session.rollback()

    def carry_out_late(session, plans, carry_out=bulk.carry_out):
        with session.get_bind().engine.begin() as other:
            other.execute(deactivated)
        carry_out(session, plans)

    monkeypatch.setattr(bulk, "carry_out", carry_out_late)

    with pytest.raises(LastAdministrator, match="Nobody would be left"):
        users.undo(session, event_id, Confirmation("", reviewed), actor=OPERATOR)


def unassign(session, target, actor, _admin):
    return users.unassign_role(session, target, "admin", actor=actor)


def set_no_role(session, target, actor, admin):
    edit = AssignmentEdit(frozenset(), users.roles_etag([admin]))
    return users.set_roles(session, target, edit, actor=actor)


def deactivate(session, target, actor, _admin):
    return users.deactivate(session, target, actor=actor)


WAYS = (unassign, set_no_role, deactivate)


def demotion(session, target, actor, way, admin):
    """Return a move in two parts: reading, as every request does first, and the change."""

    def read() -> None:
        assert access.has_administrator(session)
        assert users.get(session, target).roles

    def change() -> None:
        carry_out(lambda: way(session, target, actor, admin), actor=actor)

    return read, change


def put_back(connection, both, admin):
    connection.execute(update(User).where(User.id.in_(both)).values(is_active=True))
    connection.execute(delete(user_roles).where(user_roles.c.user_id.in_(both)))
    rows = [{"user_id": user_id, "role_id": admin} for user_id in both]
    connection.execute(insert(user_roles), rows)


def administrators(admin):
    held = select(func.count()).select_from(User).join(user_roles, user_roles.c.user_id == User.id)
    return held.where(user_roles.c.role_id == admin, User.is_active)
