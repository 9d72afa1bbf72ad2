"""The filters of the matrix in the list of roles."""

import pytest
from sqlalchemy import insert

from app.domain import paging
from app.models import Role


@pytest.fixture
def api(program, ada):
    return program(ada)


def names(answer):
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json["items"]]


def test_roles_are_found_by_a_part_of_their_name_or_named(api):
    assert names(api.get("/roles?role=VIEW,us")) == ["user", "viewer"]
    assert names(api.get("/roles?roles=viewer,Admin")) == ["admin", "viewer"]
    assert names(api.get("/roles?roles=viewer,admin&role=ad")) == ["admin"]
    assert names(api.get("/roles?role=nosuch")) == []


def test_permissions_are_found_by_text_and_by_resource_and_roles_keep_theirs(api):
    whole = {each["name"]: each for each in api.get("/roles").json["items"]}

    answer = api.get("/roles?q=Delete&resource=document").json

    assert answer["permissions"] == ["document:delete"]
    assert {each["name"]: each for each in answer["items"]} == whole
    assert len(api.get("/roles").json["permissions"]) == 18


def test_permissions_in_which_the_roles_differ(api):
    held = {each["name"]: set(each["permissions"]) for each in api.get("/roles").json["items"]}

    differ = api.get("/roles?differ=true&roles=viewer,user,admin").json["permissions"]

    assert set(differ) == held["user"] ^ held["viewer"]
    assert differ
    assert len(api.get("/roles?differ=false").json["permissions"]) == 18


def test_pages_of_roles_keep_the_filter(api, session, statements):
    many = [f"team {number:03}" for number in range(paging.SIZE + 5)]
    session.execute(insert(Role), [{"name": name, "is_system": False} for name in many])
    session.commit()
    api.get("/users")

    with statements.at_most(5):
        first = api.get("/roles?role=team&q=read")
    second = api.get(first.json["next"])

    assert names(first) + names(second) == many
    assert second.json["next"] is None
    assert second.json["permissions"] == first.json["permissions"]


@pytest.mark.only_on("sqlite")
def test_filters_that_are_not_valid_name_their_parameter(api):
    answer = api.get("/roles?roles=viewer,nosuch")

    assert (answer.status_code, answer.json["detail"]) == (400, "There is no role named nosuch.")
    assert [error["parameter"] for error in answer.json["errors"]] == ["roles"]
    assert api.get("/roles?differ=1").status_code == 400
    assert api.get("/roles?q=" + "x" * 300).status_code == 400
