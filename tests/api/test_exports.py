"""Exports by the API: the files of the pages, with their filters, recorded as theirs are."""

import csv
import io
import tracemalloc

import pytest
from sqlalchemy import insert

from app.domain.users import export as exports
from app.models import Role, User
from tests.support.contents import events
from tests.support.people import PASSWORD_HASH


@pytest.fixture
def api(program, ada):
    return program(ada)


def rows_of(answer, delimiter=","):
    assert answer.status_code == 200, answer.text
    text = answer.get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


def recorded(session):
    """Return the recorded events, but for the token of the program."""
    return [event for event in events(session) if event.action != "token:created"]


def test_the_files_are_those_of_the_pages(api, sign_in, ada, vera, person):
    person("nora", roles=["viewer", "user"], full_name="=1+1")
    browser = sign_in(ada)

    for path, page in (("/exported-users", "/users/export"), ("/exported-roles", "/roles/export")):
        answer, of_page = api.get(path), browser.post(page).response
        assert answer.get_data() == of_page.get_data()
        for name in ("Content-Type", "Content-Disposition", "Cache-Control"):
            assert answer.headers[name] == of_page.headers[name]


def test_users_are_exported_with_the_filters_of_the_list(api, session, vera, omar, person):
    person("ivan", is_active=False)

    answer = api.get("/exported-users?status=active&role=viewer&separator=semicolon")

    assert [row["username"] for row in rows_of(answer, ";")] == ["vera"]
    [event] = recorded(session)
    assert (event.action, event.target, event.actor) == ("users:exported", "users", "ada")
    assert event.after == {"filter": {"role": "viewer", "status": "active"}}
    with_tabs = api.get("/exported-users?q=iv&separator=tab")
    assert with_tabs.headers["Content-Type"] == "text/tab-separated-values; charset=utf-8"
    assert [row["username"] for row in rows_of(with_tabs, "\t")] == ["ivan"]


def test_roles_are_exported_with_the_filters_of_the_matrix(api, session, statements):
    session.add(Role(name="editors"))
    session.commit()

    with statements.at_most(9):
        answer = api.get("/exported-roles?roles=viewer,Editors&q=Document:R")

    assert rows_of(answer) == [
        {
            "permission": "document:read",
            "description": "Read documents and ask questions about them",
            "editors": "no",
            "viewer": "yes",
        }
    ]
    [event] = recorded(session)
    assert (event.action, event.target) == ("roles:exported", "roles and permissions")
    assert event.after["filter"]["q"] == "Document:R"


@pytest.mark.parametrize(
    "path",
    [
        *("/exported-users?status=gone", "/exported-users?separator=pipe"),
        *("/exported-users?sort=email", "/exported-roles?differ=1", "/exported-roles?roles=nosuch"),
        "/exported-users?q=" + "x" * 300,
    ],
)
def test_a_filter_that_is_not_valid_exports_nothing(api, session, path):
    answer = api.get(path)

    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert recorded(session) == []


def test_exports_need_the_permission_to_look(program, person, vera):
    of_users, of_roles = (
        program(person(name, permissions=[code]))
        for name, code in (("iris", "user:read"), ("rolf", "role:read"))
    )

    for path, reader, other in (
        ("/exported-users", of_users, of_roles),
        ("/exported-roles", of_roles, of_users),
    ):
        assert reader.get(path).status_code == 200
        assert other.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/exported-users", "/exported-roles", "/transfer-file"])
def test_the_head_alone_is_no_export(api, session, path):
    assert api.send("HEAD", path).status_code == 200
    assert recorded(session) == []

    assert api.get(path).status_code == 200
    assert len(recorded(session)) == 1


def test_many_users_are_sent_in_constant_memory(api, session):
    for start in range(20):
        names = [f"u{start}-{number}" for number in range(1000)]
        rows = [
            {"username": name, "email": f"{name}@example.org", "password_hash": PASSWORD_HASH}
            for name in names
        ]
        session.execute(insert(User), rows)
    session.commit()
    session.expunge_all()

    tracemalloc.start()
    answer = api.get("/exported-users?q=u")
    size = sum(map(len, answer.iter_encoded()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert size > 20_000 * len("u0-0,u0-0@example.org\r\n")
    assert peak < 8 * 1024 * 1024


def test_batches_follow_each_other(api, session, monkeypatch):
    monkeypatch.setattr(exports, "BATCH", 2)
    session.execute(
        insert(User),
        [
            {"username": f"m{n}", "email": f"m{n}@example.org", "password_hash": PASSWORD_HASH}
            for n in range(5)
        ],
    )
    session.commit()

    found = [row["username"] for row in rows_of(api.get("/exported-users?q=m"))]

    assert found == [f"m{n}" for n in range(5)]
