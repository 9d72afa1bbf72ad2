"""Tokens of people whose permissions require a second factor, with and without one."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from app.api.described import path_of
from app.api.endpoint import ENDPOINTS
from app.domain import users
from app.domain.permissions import PermissionCode
from app.domain.users import NewUser
from app.models import Role
from tests.support.contents import digests
from tests.support.people import OPERATOR
from tests.support.second_factors import set_up

KIND = "urn:rag-fortress-console:problem:second-factor-missing"
SIZE = "/settings/chunk_size"


@pytest.fixture
def required(app):
    codes = (PermissionCode.SETTINGS_UPDATE, PermissionCode.ROLE_UPDATE)
    app.config["CONSOLE"] = replace(app.config["CONSOLE"], second_factor_for=codes)


def test_whoever_lacks_the_factor_that_is_required_is_refused(program, session, ada, required):
    api = program(ada)
    before = digests(session.get_bind())

    saving = api.send("PUT", SIZE, {"value": 900}, If_Match="*")
    answers = [saving, api.get(SIZE), api.get("/check?user=ada&permission=user:read")]

    assert [(each.status_code, each.json["type"]) for each in answers] == [(403, KIND)] * 3
    assert "Until ada has set one up at /account/second-factor" in saving.json["detail"]
    assert digests(session.get_bind()) == before


@pytest.mark.only_on("sqlite")
def test_no_request_is_open_before(program, ada, required):
    api = program(ada)

    for one in ENDPOINTS:
        path = re.sub(r"\{\w+\}", "1", path_of(one))
        answer = api.send(one.method, path, {} if one.takes else None, If_Match="*")
        assert (answer.status_code, answer.json["type"]) == (403, KIND), one


@pytest.mark.only_on("sqlite")
def test_a_token_that_is_limited_to_other_permissions_is_refused_as_well(program, ada, required):
    answer = program(ada, {"settings:read"}).get("/settings")

    assert (answer.status_code, answer.json["type"]) == (403, KIND)


def test_with_the_factor_the_token_works(app, program, session, ada, required, statements):
    api = program(ada)
    set_up(session, ada, app.config["SECRET_KEY"])
    assert api.change("PUT", SIZE, {"value": 900}).json["value"] == 900

    with statements.at_most(3):
        assert api.get(SIZE).status_code == 200
    with statements.at_most(3):
        assert api.get("/check?user=ada&permission=user:read").json["allowed"]


@pytest.mark.only_on("sqlite")
def test_a_factor_that_is_not_confirmed_does_not_count(program, sign_in, ada, required):
    api = program(ada)
    assert sign_in(ada).submit("/account/second-factor", begin="y").status_code == 303

    assert api.get(SIZE).status_code == 403


def test_service_accounts_and_whoever_holds_none_of_the_permissions_need_none(
    program, session, vera, required
):
    [admin_id] = session.scalars(select(Role.id).where(Role.name == "admin"))
    new = NewUser("robot", "robot@example.org", role_ids=frozenset({admin_id}))
    robot = users.create_service_account(session, new, actor=OPERATOR)
    session.commit()

    assert program(robot).change("PUT", SIZE, {"value": 900}).status_code == 200
    assert program(vera).get("/check?user=vera&permission=x").json["type"] == "about:blank"
