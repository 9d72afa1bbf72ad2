"""The roles of users as a file wants them, saved after another program has changed them."""

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm.exc import StaleDataError

from app.domain import users
from app.domain.access import LastAdministrator, PermissionSet
from app.domain.plan_lines import PlanOutcome
from app.domain.users import WantedRoles
from app.models import User, user_roles
from tests.support.people import OPERATOR, person

pytestmark = pytest.mark.only_on("sqlite")
ALL = PermissionSet(frozenset(), is_all=True)


def plan(session, username, own=ALL):
    wanted = [WantedRoles(username, frozenset())]
    granted = {"admin": ALL, "viewer": PermissionSet(frozenset({"document:read"}))}
    return users.plan_wanted(session, wanted, granted, own, actor=OPERATOR)


def save(session, made):
    users.save_wanted(session, made, "", actor=OPERATOR)


def test_the_last_administrator_stays_if_the_other_was_deactivated_meanwhile(session, ada):
    person(session, "noura", roles=["admin"])
    made = plan(session, "noura")
    session.execute(update(User).where(User.id == ada.id).values(is_active=False))

    with pytest.raises(LastAdministrator):
        save(session, made)


def test_a_role_that_was_removed_meanwhile_is_tried_again(session, vera):
    made = plan(session, "vera")
    session.execute(delete(user_roles).where(user_roles.c.user_id == vera.id))

    with pytest.raises(StaleDataError):
        save(session, made)


def test_who_may_not_assign_changes_nobody(session, vera):
    [line, *_] = plan(session, "vera", PermissionSet(frozenset({"document:read"}))).lines

    assert (line.outcome, "role:assign" in line.reason) == (PlanOutcome.REFUSED, True)
