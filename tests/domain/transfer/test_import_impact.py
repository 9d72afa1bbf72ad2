"""The people whom an import affects, by its roles and assignments together."""

import pytest
from sqlalchemy import event

from app.domain import transfer
from app.domain.reviews import ReviewOutdated
from app.domain.transfer import ImportEdit
from tests.support.people import OPERATOR

HEAD = "format: rag-fortress-console/1\n"
# The role viewer loses document:read and gains audit:read.
VIEWER = f"{HEAD}roles: [{{name: viewer, permissions: [audit:read]}}]\n"


def reviewed(session, text, **fields):
    edit = ImportEdit(transfer.read_file(text), **fields)
    return transfer.review_import(session, edit, actor=OPERATOR)


def told(plan):
    """The names and the permissions of those who gain and of those who lose."""
    return [
        ([person.username for person in side.first], sorted(side.codes))
        for side in (plan.impact.gaining, plan.impact.losing)
    ]


def test_who_has_a_permission_by_another_role_neither_gains_nor_loses(session, person, ada, vera):
    person("reader", roles=["viewer"], permissions=["document:read"])
    person("both", roles=["viewer", "admin"])

    assert told(reviewed(session, VIEWER)) == [
        (["vera", "reader"], ["audit:read"]),
        (["vera"], ["document:read"]),
    ]


def test_roles_and_assignments_count_together(session, person, ada, vera, omar):
    text = f"{VIEWER}assignments:\n- {{username: vera, roles: []}}\n"
    text += "- {username: omar, roles: [viewer]}\n"

    assert told(reviewed(session, text)) == [
        (["omar"], ["audit:read"]),
        (["vera"], ["document:read"]),
    ]


def test_an_exchange_of_roles_that_grant_the_same_affects_nobody(session, ada, vera):
    text = f"{HEAD}roles: [{{name: reader, permissions: [document:read]}}]\n"
    text += "assignments: [{username: vera, roles: [reader]}]\n"

    plan = reviewed(session, text)

    assert plan.changes_access
    assert told(plan) == [([], []), ([], [])]


def test_an_administrator_gains_and_loses_everything_else(session, person, ada, vera):
    person("nora", roles=["admin", "viewer"])
    text = f"{HEAD}assignments:\n- {{username: nora, roles: [viewer]}}\n"
    text += "- {username: vera, roles: [viewer, admin]}\n"

    [(gaining, gained), (losing, lost)] = told(reviewed(session, text))

    assert (gaining, losing) == (["vera"], ["nora"])
    assert gained == lost
    assert len(gained) == 17
    assert "document:read" not in gained


def test_permissions_that_only_administrators_would_have_are_named(session, person, ada, vera):
    def orphaned(text):
        return list(reviewed(session, text).impact.orphaned)

    def assigned(*roles):
        return f"assignments: [{{username: vera, roles: [{', '.join(roles)}]}}]\n"

    assert orphaned(VIEWER) == ["document:read"]
    assert orphaned(f"{HEAD}{assigned()}") == ["document:read"]
    assert orphaned(f"{HEAD}{assigned('user')}") == []
    assert orphaned(f"{VIEWER}{assigned('viewer', 'user')}") == []
    new = f"{HEAD}roles: [{{name: reader, permissions: [document:read]}}]\n"
    assert orphaned(f"{new}{assigned('reader')}") == []
    person("inactive", roles=["viewer"], is_active=False)
    assert orphaned(f"{HEAD}{assigned()}") == ["document:read"]
    person("walt", roles=["viewer"])
    assert orphaned(f"{HEAD}{assigned()}") == []
    assert orphaned(f"{VIEWER}{assigned()}") == ["document:read"]


def test_a_permission_that_would_be_left_to_administrators_meanwhile_is_shown_first(
    session, person, ada, vera
):
    reader = person("reader", permissions=["document:read"])
    shown = reviewed(session, VIEWER).content
    assert shown.parts["orphaned"].count == 0
    reader.is_active = False
    session.commit()

    edit = ImportEdit(transfer.read_file(VIEWER), reviewed=shown.text)
    with pytest.raises(ReviewOutdated):
        transfer.import_file(session, edit, actor=OPERATOR)


def test_settings_affect_nobody_and_ask_nothing(session, ada, vera):
    plan = reviewed(session, f"{HEAD}settings: [{{key: chunk_size, value: 777}}]")

    assert not plan.changes_access
    assert told(plan) == [([], []), ([], [])]


def test_what_affects_others_than_those_reviewed_is_refused(session, person, ada, vera):
    shown = reviewed(session, VIEWER).content.text
    person("uma", roles=["viewer"])
    edit = ImportEdit(transfer.read_file(VIEWER), reviewed=shown)

    with pytest.raises(ReviewOutdated):
        transfer.import_file(session, edit, actor=OPERATOR)


def test_more_people_take_no_more_statements(session, person, ada, vera):
    def statements():
        seen = []
        engine, name = session.get_bind(), "before_cursor_execute"
        event.listen(engine, name, note := lambda *_: seen.append(1))
        reviewed(session, VIEWER)
        event.remove(engine, name, note)
        return len(seen)

    few = statements()
    for number in range(30):
        person(f"user{number}", roles=["viewer"])

    assert statements() == few
    assert reviewed(session, VIEWER).impact.losing.others == 11
