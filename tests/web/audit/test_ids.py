"""Links to the audit log that follow one person or role through all of its names."""

import pytest

from app.domain import audit, roles
from app.domain.target import Target
from tests.support.contents import recorded
from tests.support.people import acting


@pytest.fixture
def wiremu(sign_in, session, ada, person):
    """Wiremu, who changed something, was renamed, and whose name somebody else has now."""
    first = person("wiremu.parata")
    audit.record(session, "setting:changed", Target("setting", "first", 1), actor=acting(first))
    session.commit()
    sign_in(ada).submit(f"/users/{first.id}/edit", username="wiremu.renamed")
    second = person("wiremu.parata", email="second@example.org")
    audit.record(session, "setting:changed", Target("setting", "second", 2), actor=acting(second))
    session.commit()
    return first, second


def test_the_links_of_a_user_find_what_was_done_by_and_to_that_one(sign_in, ada, wiremu):
    browser = sign_in(ada)
    first, second = (browser.get(f"/users/{one.id}") for one in wiremu)

    assert "changed wiremu.parata from" in browser.get(first.link("Done to them")).text
    assert "No entry matches" in browser.get(second.link("Done to them")).text
    for page, done, other in ((first, "first", "second"), (second, "second", "first")):
        text = browser.get(page.link("Done by them")).text
        assert f"wiremu.parata changed {done}" in text
        assert f"wiremu.parata changed {other}" not in text
    assert "by wiremu.renamed under any name" in browser.get(first.link("Done by them")).text


def test_a_renamed_role_keeps_all_its_changes(sign_in, session, ada):
    role = roles.create(session, roles.NewRole("crew"), actor=acting(ada))
    session.commit()
    browser = sign_in(ada)
    browser.submit(f"/roles/{role.id}/edit", name="team")

    page = browser.get(browser.get(f"/roles/{role.id}").link("All changes"))

    assert "to role team under any name" in page.text
    assert "ada created crew" in page.text
    assert "renamed" in page.text


@pytest.mark.only_on("sqlite")
def test_each_row_leads_to_all_of_its_actor_and_its_target(sign_in, session, ada, wiremu):
    browser = sign_in(ada)
    first, _ = wiremu

    page = browser.get("/audit?action=user:changed")

    assert page.link("wiremu.parata") == f"/audit?type=user&target_id={first.id}"
    assert page.link("ada") == f"/audit?actor_id={ada.id}"
    entry = browser.get(f"/audit/{recorded(session)[1].id}")
    assert entry.link("wiremu.parata") == f"/audit?type=user&target_id={first.id}"


@pytest.mark.only_on("sqlite")
def test_whoever_got_the_id_of_a_deleted_user_is_told_apart(sign_in, session, ada, person):
    first = person("victor")
    victor_id = first.id
    for action in ("user:changed", "user:deleted"):
        audit.record(session, action, Target.of_user(first), actor=acting(first))
    session.delete(first)
    session.commit()
    second = person("vince")
    assert second.id == victor_id
    audit.record(session, "user:changed", Target.of_user(second), actor=acting(second))
    session.commit()
    browser = sign_in(ada)

    of_second = browser.get(browser.get(f"/users/{second.id}").link("Done by them")).text
    listed = browser.get("/audit?action=user:deleted")
    of_first = browser.get(listed.link("victor"))

    assert "vince changed vince" in of_second
    assert "victor changed" not in of_second
    assert "victor changed victor" in of_first.text
    assert "vince" not in of_first.text
    assert "by victor under any name" in of_first.text
    assert "2 events. Events that match" in browser.get(of_first.link("Export…")).text


def test_a_name_that_is_entered_replaces_the_id(sign_in, ada, wiremu):
    browser = sign_in(ada)
    first, _ = wiremu
    page = browser.get(f"/audit?actor_id={first.id}&type=user")

    kept = page.submit(to="/audit", action="setting:changed")
    entered = page.submit(to="/audit", actor="wiremu.parata", type="")

    assert "by wiremu.renamed under any name" in kept.text
    assert "under any name" not in entered.text
    assert "changed first" in entered.text
    assert "changed second" in entered.text


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    "query",
    [
        "actor_id=x",
        "actor_id=0",
        "target_id=1",
        "actor_id=1&as_of=then",
        "actor_id=1&as_of=2026-01-01",
    ],
)
def test_an_id_that_says_nothing_is_refused(sign_in, ada, query):
    assert sign_in(ada).get(f"/audit?{query}").status_code == 400
