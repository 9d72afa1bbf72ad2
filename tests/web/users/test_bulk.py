"""Many users at once: ticked or all who match, reviewed, changed, told one by one."""

import re

import pytest
from sqlalchemy import select

from app.models import AuditEvent, User
from app.web.users import bulk
from tests.support.contents import digests, events


@pytest.fixture
def trio(person):
    """Three people without a role, of whom one is not active."""
    return [
        person("trio1", full_name="Trio One"),
        person("trio2"),
        person("trio3", is_active=False),
    ]


def ids(people):
    return [str(one.id) for one in people]


def roles_of(session, people):
    session.expire_all()
    return [[role.name for role in session.get(User, one.id).roles] for one in people]


def choose(browser, people, action, role="", path="/users"):
    """Tick people in the list and press a button."""
    fields = {"with_role": role} if role else {}
    return browser.submit(path, "ticked", users=ids(people), action=action, **fields)


def test_a_role_is_given_to_three_people_at_once(sign_in, session, ada, trio):
    review = choose(sign_in(ada), trio, "assign", "viewer")
    assert review.status_code == 200
    assert "Assign the role viewer to 3 users?" in review.text
    assert "Nothing has been saved yet" in review.text
    assert "Trio One trio1" in review.text
    assert "document:read" in review.text
    assert roles_of(session, trio) == [[], [], []]

    done = review.submit("bulk-form", reason="The pilot begins.", confirmed="1")

    assert done.status_code == 200
    assert "Assigned the role viewer to 3 users" in done.text
    assert "3 of 3 changed. Each change is in the history." in done.text
    assert roles_of(session, trio) == [["viewer"]] * 3
    assert {event.reason for event in events(session)} == {"The pilot begins."}
    assert len(set(session.scalars(select(AuditEvent.save_id)))) == 1


def test_all_who_match_the_filter_on_every_page(sign_in, session, ada, person, monkeypatch):
    monkeypatch.setattr(bulk, "NAMED_IN_REVIEW", 20)
    crowd = [person(f"crowd{number:02}") for number in range(55)]
    browser = sign_in(ada)
    page = browser.get("/users?q=crowd&status=active&sort=-username")
    assert "All who match the filter" in page.text

    review = page.submit("ticked", scope=True, users=[], action="deactivate")
    assert "Deactivate 55 users?" in review.text
    assert "and 35 more" in review.text
    review = review.submit("bulk-form", reason="Left.", start="20")
    assert "crowd00" not in review.text
    review = review.submit("bulk-form", start="40")
    assert "crowd54" in review.text
    assert review.value("reason") == "Left."
    done = review.submit("bulk-form", confirmed="1")

    assert "Deactivated 55 users" in done.text
    session.expire_all()
    assert not any(one.is_active for one in crowd)
    assert done.link("Back to the list") == "/users?q=crowd&status=active&sort=-username"


def test_a_page_deep_in_the_list_is_where_one_comes_back_to(sign_in, ada, person):
    for number in range(55):
        person(f"crowd{number:02}")
    browser = sign_in(ada)
    second = browser.get(browser.get("/users?q=crowd").link("Next"))
    number = second._controls("users")[0].value

    review = second.submit("ticked", users=[number], action="deactivate")

    assert review.link("Cancel") == second.path


def test_who_is_left_as_they_are_is_named_with_the_reason(sign_in, session, ada, vera, person):
    hedda = person(
        "hedda", permissions=["user:read", "user:update", "role:assign", "document:read"]
    )
    nora = person("nora", roles=["user"])

    review = choose(sign_in(hedda), [ada, vera, nora, hedda], "assign", "viewer")
    assert "Assign the role viewer to hedda?" in review.text
    assert re.search(r"Will be changed 1 hedda", review.text)
    assert re.search(r"Already have the role 1 Vera Rubin", review.text)
    assert re.search(r"Have permissions that you do not have 2 Ada Byron ada nora", review.text)
    done = review.submit("bulk-form", confirmed="1")

    assert "1 of 4 changed, 3 not changed." in done.text
    assert re.search(r"Have permissions that you do not have 2 Ada Byron ada nora", done.text)


def test_the_last_administrator_is_left_and_it_is_said(sign_in, session, ada, person):
    boris = person("boris", roles=["admin"])

    review = choose(sign_in(ada), [ada, boris], "deactivate")
    assert re.search(r"Last administrator of the console 1 Ada", review.text)
    review.submit("bulk-form", confirmed="1")

    session.expire_all()
    assert (ada.is_active, boris.is_active) == (True, False)


def test_who_takes_from_themselves_is_warned_and_signed_out(sign_in, ada, person):
    person("boris", roles=["admin"])
    browser = sign_in(ada)

    review = choose(browser, [ada], "deactivate")
    assert "You are one of them" in review.text
    assert review.submit("bulk-form", confirmed="1").status_code == 200

    assert browser.get("/users").location.startswith("/login")


def test_those_who_are_deactivated_are_signed_out(sign_in, ada, vera, omar):
    browsers = [sign_in(vera), sign_in(omar)]

    choose(sign_in(ada), [vera, omar], "deactivate").submit("bulk-form", confirmed="1")

    assert {browser.get("/account").status_code for browser in browsers} == {303}


def test_a_selection_survives_a_forgotten_role(sign_in, session, ada, trio):
    page = choose(sign_in(ada), trio, "assign")
    assert page.status_code == 422
    assert "Choose a role to assign." in page.text
    assert "Selected 3 users:" in page.text

    review = page.submit("ticked", action="assign", with_role="viewer")

    assert "Assign the role viewer to 3 users?" in review.text
    assert review.link("Cancel").startswith("/users")


def test_nothing_to_change_offers_no_button(sign_in, ada, trio):
    page = choose(sign_in(ada), trio[:2], "activate")

    assert "Nothing to change" in page.text
    assert "Already active" in page.text
    assert 'name="confirmed"' not in page.html


@pytest.mark.parametrize("change", ["one more", "another one"])
def test_others_than_were_reviewed_are_reviewed_again(sign_in, session, ada, trio, person, change):
    page = sign_in(ada).get("/users?q=trio&status=active")
    review = page.submit("ticked", scope=True, users=[], action="deactivate")
    person("trio4")
    if change == "another one":
        trio[0].is_active = False
        session.commit()

    again = review.submit("bulk-form", reason="Because.", confirmed="1")

    assert again.status_code == 409
    numbers = " from 2 to 3 users" if change == "one more" else ""
    assert f"The selection has changed{numbers} since you reviewed it." in again.text
    assert "trio4" in again.text
    assert again.value("reason") == "Because."
    assert "change:refused" not in {event.action for event in events(session)}
    assert again.submit("bulk-form", confirmed="1").status_code == 200
    session.expire_all()
    assert not any(one.is_active for one in trio)


def test_somebody_deleted_meanwhile_is_told(sign_in, session, ada, trio):
    review = choose(sign_in(ada), trio, "assign", "viewer")
    session.delete(trio[0])
    session.commit()

    again = review.submit("bulk-form", confirmed="1")

    assert again.status_code == 409
    assert "The selection has changed from 3 to 2 users since you reviewed it." in again.text


def test_a_reason_that_is_too_long_keeps_the_review(sign_in, session, ada, trio):
    review = choose(sign_in(ada), trio, "assign", "viewer")

    page = review.submit("bulk-form", reason="x" * 501, confirmed="1")

    assert page.status_code == 422
    assert "at most 500" in page.text
    assert "Assign the role viewer to 3 users?" in page.text
    assert roles_of(session, trio) == [[], [], []]


def test_only_what_one_may_do_is_offered(sign_in, person, vera):
    iris = person("iris", permissions=["user:read"])
    ruth = person("ruth", permissions=["user:read", "role:assign"])
    uma = person("uma", permissions=["user:read", "user:update"])

    assert 'name="users"' not in sign_in(iris).get("/users").html
    page = sign_in(ruth).get("/users").text
    assert "Assign role…" in page
    assert "Deactivate…" not in page
    page = sign_in(uma).get("/users").text
    assert "Deactivate…" in page
    assert "Assign role…" not in page


@pytest.mark.parametrize(
    ("permission", "action", "needed"),
    [("role:assign", "deactivate", "user:update"), ("user:update", "assign", "role:assign")],
)
def test_each_action_needs_its_own_permission(
    sign_in, session, person, omar, permission, action, needed
):
    browser = sign_in(person("hedda", permissions=["user:read", permission]))

    for confirmed in ("", "1"):
        page = browser.post(
            "/users/bulk",
            users=ids([omar]),
            action=action,
            with_role="viewer",
            confirmed=confirmed,
        )
        assert page.status_code == 403
        assert f"You need the permission {needed} for this." in page.text
    assert omar.is_active


def test_nobody_gives_what_they_do_not_hold(sign_in, session, person, omar):
    browser = sign_in(person("hedda", permissions=["user:read", "role:assign"]))

    page = choose(browser, [omar], "assign", "viewer")

    assert page.status_code == 403
    assert "The role viewer grants permissions that you do not have" in page.text
    assert [event.action for event in events(session)] == ["change:refused"]


def test_the_page_without_a_choice_says_how_to_begin(sign_in, ada):
    page = sign_in(ada).get("/users/bulk")

    assert page.status_code == 200
    assert page.link("Back to the list") == "/users"


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"action": "deactivate"}, 422, "Select at least one user"),
        ({"action": "deactivate", "users": ["999999"]}, 422, "Select at least one user"),
        ({"action": "explode", "users": ["1"]}, 422, "Choose an action"),
        ({"users": ["1"]}, 422, "Choose an action"),
        ({"action": "deactivate", "users": ["x"]}, 422, ""),
        ({"action": "deactivate", "users": ["9" * 5000]}, 422, ""),
        ({"action": "deactivate", "users": ["2147483648"]}, 422, ""),
        ({"action": "deactivate", "scope": "all", "match_status": "gone"}, 422, "by that status"),
        (
            {"action": "deactivate", "scope": "all", "match_q": "\0"},
            422,
            "Select at least one user",
        ),
        (
            {"action": "deactivate", "scope": "all", "match_q": "quetzal"},
            422,
            "Select at least one user",
        ),
        ({"action": "assign", "scope": "all"}, 422, "Choose a role to assign"),
        ({"action": "assign", "scope": "all", "with_role": "gone"}, 404, "no role named gone"),
        ({"action": "assign", "scope": "all", "with_role": "\0"}, 404, "no role named"),
        ({"action": "assign", "scope": "all", "with_role": "user", "count": "9" * 99}, 200, ""),
        ({"action": "assign", "scope": "all", "next": "//evil.test"}, 422, "Choose a role"),
    ],
)
def test_what_no_page_sends_changes_nothing(sign_in, session, ada, fields, status, sentence):
    browser = sign_in(ada)
    before = digests(session.get_bind())

    page = browser.post("/users/bulk", **fields)

    assert page.status_code == status
    assert sentence in page.text
    assert "evil" not in page.html
    assert digests(session.get_bind()) == before


def test_what_was_not_reviewed_is_not_done(sign_in, session, ada, omar):
    browser = sign_in(ada)

    page = browser.post("/users/bulk", action="deactivate", users=ids([omar]), confirmed="1")

    assert page.status_code == 409
    assert omar.is_active


@pytest.mark.parametrize("count", [2, 40])
def test_statements_do_not_grow_with_the_people(sign_in, ada, person, statements, count):
    people = [person(f"crowd{number:02}") for number in range(count)]
    page = sign_in(ada).get("/users?q=crowd")

    with statements.at_most(12):
        review = page.submit("ticked", users=ids(people), action="assign", with_role="viewer")
    with statements.at_most(18):
        done = review.submit("bulk-form", confirmed="1")

    assert "Assigned" in done.text
