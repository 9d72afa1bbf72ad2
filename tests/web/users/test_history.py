"""The whole history of a user: all of it for readers of the audit log, else that of the roles."""

import pytest

from app.domain import audit
from app.domain.target import Target
from tests.support.people import OPERATOR


@pytest.fixture
def busy(vera, session):
    """A user with an activation, and the role user assigned for 60 reasons."""
    target = Target.of_user(vera)
    audit.record(session, "user:activated", target, actor=OPERATOR)
    for number in range(60):
        pair, reason = {"role": "user"}, f"Reason {number}."
        audit.record(session, "role:assigned", target, actor=OPERATOR, after=pair, reason=reason)
    session.commit()
    return vera


@pytest.fixture
def assigner(person):
    """Somebody who assigns roles, without the permission to read the audit log."""
    return person("hedda", permissions=["user:read", "role:assign"])


def test_who_assigns_roles_pages_through_all_changes_of_them(
    sign_in, assigner, busy, statements, person
):
    browser = sign_in(assigner)
    path = browser.get(f"/users/{busy.id}").link("All changes")
    assert path == f"/users/{busy.id}/history"

    with statements.at_most(4):
        first = browser.get(path)
    older = browser.get(first.link("Older"))

    assert "Reason 59." in first.text
    assert "Reason 9." not in first.text
    assert "Reason 9." in older.text
    assert "Reason 0." in older.text
    assert "activated" not in older.text
    assert browser.get(older.link("Newer")).text == first.text


def test_a_change_is_undone_from_its_line(sign_in, assigner, busy):
    browser = sign_in(assigner)

    page = browser.get(f"/users/{busy.id}/history")

    url = next(link for link in page.links if link.startswith("/users/undo/"))
    assert browser.get(url).status_code == 200


def test_who_reads_the_audit_log_sees_every_change(sign_in, ada, busy):
    browser = sign_in(ada)

    older = browser.get(browser.get(f"/users/{busy.id}/history").link("Older"))

    assert "activated vera" in older.text
    links = browser.get(f"/users/{busy.id}").links
    assert f"/audit?type=user&target_id={busy.id}" in links


def test_who_sees_no_history_is_told_what_shows_it(sign_in, busy, person):
    looker = person("nora", permissions=["user:read"])

    page = sign_in(looker).get(f"/users/{busy.id}/history")

    assert "You need the permission audit:read or role:assign" in page.text
    assert "Reason" not in page.text


def test_a_user_without_changes_has_an_empty_history(sign_in, assigner, person):
    page = sign_in(assigner).get(f"/users/{person('nora').id}/history")

    assert "No changes yet" in page.text


def test_a_cursor_that_is_none_is_refused(sign_in, assigner, busy):
    assert sign_in(assigner).get(f"/users/{busy.id}/history?after=x").status_code == 400
