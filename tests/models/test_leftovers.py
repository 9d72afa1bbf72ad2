"""Ids that SQLite gives again: the next user or role has nothing of the one who had it before."""

import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain import access, roles, users
from app.domain.authentication import api_tokens, one_time_links
from app.domain.roles import NewRole, WantedRole
from app.domain.transfer.user_creation import create_rows
from app.domain.transfer.user_rows import UserRow
from app.domain.users import NewUser
from app.models import ApiToken, ConsoleSession, OneTimeLink, RecoveryCode, Role, SecondFactor, User
from app.unit_of_work import carry_out
from tests.support.people import OPERATOR
from tests.support.second_factors import set_up

pytestmark = pytest.mark.only_on("sqlite")
OF_A_USER = (ApiToken, ConsoleSession, OneTimeLink, RecoveryCode, SecondFactor)
NEW = NewUser("nora", "nora@example.org")


def delete_elsewhere(session, row):
    """Delete a row as a program does that does not ask for foreign keys."""
    table, row_id = row.__tablename__, row.id
    session.commit()
    with sqlite3.connect(session.get_bind().url.database) as other:
        other.execute(f"DELETE FROM {table} WHERE id = ?", (row_id,))
    other.close()
    session.expire_all()
    return row_id


def create(session):
    users.create_without_link(session, NEW, actor=OPERATOR)


def create_by_a_file(session):
    create_rows(session, [UserRow(1, NEW, ())], actor=OPERATOR)


@pytest.mark.parametrize("creating", [create, create_by_a_file])
def test_a_new_user_has_nothing_of_a_deleted_one(app, session, sign_in, person, creating):
    gone = person("gone", roles=["admin"])
    sign_in(gone)
    set_up(session, gone, app.config["SECRET_KEY"])
    api_tokens.issue(session, gone.id, "a token", None, timedelta(days=1))
    one_time_links.issue(session, one_time_links.Purpose.RESET, user_id=gone.id)
    user_id = delete_elsewhere(session, gone)

    carry_out(lambda: creating(session), actor=OPERATOR)

    nora = session.scalars(select(User).where(User.username == "nora")).one()
    assert (nora.id, nora.roles) == (user_id, [])
    assert not any(session.scalars(select(model)).all() for model in OF_A_USER)


def create_role(session):
    roles.create(session, NewRole("support"), actor=OPERATOR)


def create_role_by_a_file(session):
    own = access.own_permissions(session, OPERATOR)
    plan = roles.plan_wanted(session, [WantedRole("support", frozenset())], own)
    roles.save_wanted(session, plan, "", actor=OPERATOR)


@pytest.mark.parametrize("creating", [create_role, create_role_by_a_file])
def test_a_new_role_has_nothing_of_a_deleted_one(session, person, creating):
    olga = person("olga", permissions=["user:read"])
    role_id = delete_elsewhere(session, olga.roles[0])

    carry_out(lambda: creating(session), actor=OPERATOR)

    role = session.scalars(select(Role).where(Role.name == "support")).one()
    assert (role.id, role.permissions, olga.roles) == (role_id, [], [])
