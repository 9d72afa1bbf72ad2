"""What becomes of an account: edited, activated, deactivated, deleted, reset, signed out."""

import re
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from app.domain import users
from app.models import ConsoleSession, User
from tests.support.contents import digests, events

PAGES = ("edit", "activate", "deactivate", "reset", "delete", "sessions")


@pytest.fixture
def hedda(person):
    """Of the helpdesk: may see, edit and delete users, and reads documents."""
    codes = ["user:read", "user:update", "user:delete", "role:assign", "document:read"]
    return person("hedda", permissions=codes)


@pytest.fixture
def signed_in_as(app, session, sign_in):
    """Tells in how many browsers a person is signed in."""
    return lambda who: session.scalar(
        select(func.count()).select_from(ConsoleSession).where(ConsoleSession.user_id == who.id)
    )


def actions_on(page):
    """What the page leads to that can be done to a user."""
    return [link for link in page.links if link.rpartition("/")[2] in set(PAGES) - {"sessions"}]


def there_is(session, name):
    return session.scalar(select(User.id).where(User.username == name)) is not None


def test_the_page_of_a_user_offers_what_can_be_done(sign_in, ada, vera, person):
    page = sign_in(ada).get(f"/users/{vera.id}")

    base = f"/users/{vera.id}"
    assert page.link("Edit profile") == f"{base}/edit"
    assert page.link("See and end sessions") == f"{base}/sessions"
    assert page.link("Reset password…") == f"{base}/reset"
    assert page.link("Deactivate…") == f"{base}/deactivate"
    assert page.link("Delete…") == f"{base}/delete"
    ida = person("ida", is_active=False)
    assert sign_in(ada).get(f"/users/{ida.id}").link("Activate…") == f"/users/{ida.id}/activate"


def test_who_may_only_look_is_offered_nothing(sign_in, person, vera):
    page = sign_in(person("iris", permissions=["user:read"])).get(f"/users/{vera.id}")

    assert actions_on(page) == []


def test_who_holds_more_cannot_be_touched_and_the_page_says_so(sign_in, hedda, ada):
    browser = sign_in(hedda)
    sentence = "ada holds permissions that you do not hold"

    page = browser.get(f"/users/{ada.id}")
    assert sentence in page.text
    assert actions_on(page) == []
    assert "Review the change" not in page.text
    for name in PAGES:
        page = browser.get(f"/users/{ada.id}/{name}")
        assert page.status_code == 200
        assert sentence in page.text
        assert not [form for form in page.forms if form.method == "post" and form.has(["reason"])]


def test_who_holds_more_is_not_changed_by_sending_the_form_anyway(sign_in, session, hedda, ada):
    browser = sign_in(hedda)
    before = digests(session.get_bind())

    for name in PAGES:
        fields = {"username": "ada", "session": "all", "email": "x@example.org"}
        answer = browser.post(f"/users/{ada.id}/{name}", **fields)
        assert answer.status_code == 403, name
        assert "ada holds permissions that you do not hold" in answer.text

    assert digests(session.get_bind()) == before


def test_who_may_not_change_users_is_told_what_is_missing(sign_in, session, person, vera):
    browser = sign_in(person("iris", permissions=["user:read"]))

    for name in ("edit", "activate", "deactivate", "reset", "delete"):
        page = browser.get(f"/users/{vera.id}/{name}")
        needed = "user:delete" if name == "delete" else "user:update"
        assert f"This needs the permission {needed}" in page.text
        assert browser.post(f"/users/{vera.id}/{name}", username="vera").status_code == 403
    assert browser.get(f"/users/{vera.id}/sessions").status_code == 403


def test_a_user_that_there_is_not_has_no_such_pages(sign_in, ada):
    browser = sign_in(ada)

    for name in PAGES:
        assert browser.get(f"/users/999999/{name}").status_code == 404
        assert browser.get(f"/users/2147483648/{name}").status_code == 404


def test_a_profile_is_edited(sign_in, session, ada, vera):
    page = sign_in(ada).submit(
        f"/users/{vera.id}/edit",
        username="Vera.Rubin",
        email="rubin@example.org",
        full_name="Vera C. Rubin",
        bio="Dark matter.",
        is_verified=True,
        reason="As she asked.",
    )

    assert page.location == f"/users/{vera.id}"
    assert "Saved the profile" in page.follow().text
    assert (vera.username, vera.email, vera.full_name) == (
        "vera.rubin",
        "rubin@example.org",
        "Vera C. Rubin",
    )
    assert (vera.bio, vera.is_verified) == ("Dark matter.", True)
    [event] = events(session)
    assert (event.action, event.reason) == ("user:changed", "As she asked.")


def test_saving_what_is_there_changes_nothing(sign_in, session, ada, person):
    odd = person("odd name@here", email="nowhere", bio="one\r\ntwo\r\n")
    before = digests(session.get_bind())

    page = sign_in(ada).submit(f"/users/{odd.id}/edit", reason="None.")

    after = digests(session.get_bind())
    assert "No changes" in page.follow().text
    assert {name for name in after if after[name] != before[name]} <= {
        "console_sessions",
        "console_access_guard",
    }


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("username", "", "Enter a user name"),
        ("username", "a b", "contains a space"),
        ("username", "ADA", "Another user has ada"),
        ("username", "crossed", "Another user has crossed as user name or email address"),
        ("email", "nobody", "not valid"),
        ("email", "Ada@example.org", "Another user has ada@example.org"),
        ("full_name", "x" * 256, "at most 255"),
        ("bio", "x" * 70_000, "at most 65,535"),
        ("reason", "x" * 501, "at most 500"),
    ],
)
def test_a_mistake_is_told_at_its_field_and_nothing_is_lost(
    sign_in, session, ada, vera, person, field, typed, sentence
):
    person("backend", email="crossed")
    before = digests(session.get_bind())

    page = sign_in(ada).submit(f"/users/{vera.id}/edit", **{field: typed})

    assert page.status_code == 422
    assert sentence in page.text
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true"|aria-invalid="true"', page.html)
    assert page.value(field) == typed
    after = digests(session.get_bind())
    assert {name for name in after if after[name] != before[name]} <= {
        "console_sessions",
        "console_access_guard",
    }


def test_a_profile_that_changed_meanwhile_is_compared(sign_in, session, ada, vera):
    browser = sign_in(ada)
    mine, theirs = browser.get(f"/users/{vera.id}/edit"), browser.get(f"/users/{vera.id}/edit")
    theirs.submit(full_name="Vera C. Rubin", is_verified=True)

    page = mine.submit(full_name="V. Rubin")

    assert page.status_code == 409
    assert "was changed by somebody else while you were editing" in page.text
    assert re.search(r"Full name Vera Rubin Vera C. Rubin V. Rubin", page.text)
    assert re.search(r"Email address verified no yes no", page.text)
    assert page.value("full_name") == "V. Rubin"
    again = page.submit(full_name="V. Rubin")
    assert again.status_code == 303
    assert (vera.full_name, vera.is_verified) == ("V. Rubin", False)


def test_deactivating_asks_says_what_follows_and_signs_out(sign_in, ada, vera, session):
    hers = sign_in(vera)
    assert hers.get("/account").status_code == 200

    page = sign_in(ada).get(f"/users/{vera.id}/deactivate")
    assert "signed out everywhere" in page.text
    assert page.submit(reason="On leave.").follow().status_code == 200

    assert not vera.is_active
    assert hers.get("/account").status_code == 303
    assert events(session)[-1].reason == "On leave."


def test_activating_asks_and_says_what_they_hold(sign_in, ada, person):
    ida = person("ida", roles=["viewer"], is_active=False)

    page = sign_in(ada).get(f"/users/{ida.id}/activate")

    assert "Their roles: viewer." in page.text
    assert page.submit(reason="").location == f"/users/{ida.id}"
    assert ida.is_active


def test_what_is_so_already_is_said_instead_of_asked(sign_in, ada, vera, person):
    ida = person("ida", is_active=False)
    browser = sign_in(ada)

    assert "vera is already active" in browser.get(f"/users/{vera.id}/activate").text
    assert "ida is already inactive" in browser.get(f"/users/{ida.id}/deactivate").text
    assert browser.post(f"/users/{vera.id}/activate").status_code == 303
    assert browser.post(f"/users/{ida.id}/deactivate").status_code == 303


@pytest.mark.parametrize("name", ["deactivate", "delete"])
def test_the_last_administrator_stays_and_the_page_says_so(sign_in, session, ada, name):
    browser = sign_in(ada)

    page = browser.get(f"/users/{ada.id}/{name}")
    assert "ada is the last administrator. Make somebody else one first." in page.text
    etag = users.deletion_etag(ada)
    refused = browser.post(f"/users/{ada.id}/{name}", username="ada", etag=etag)

    assert refused.status_code == 409
    assert "ada is the last administrator." in refused.text
    assert ada.is_active


@pytest.mark.parametrize("name", ["deactivate", "delete"])
def test_who_is_about_to_leave_is_warned(sign_in, session, ada, person, name):
    person("boris", roles=["admin"])
    browser = sign_in(ada)

    page = browser.get(f"/users/{ada.id}/{name}")
    assert "your own account" in page.text
    fields = {"username": "ada"} if name == "delete" else {"reason": ""}
    assert page.submit(**fields).status_code == 303

    assert browser.get("/users").location.startswith("/login")


def test_deleting_says_what_is_lost_and_asks_for_the_name(sign_in, session, ada, vera):
    hers = sign_in(vera)
    page = sign_in(ada).get(f"/users/{vera.id}/delete")
    assert re.search(r"Roles viewer Sessions that end 1", page.text)

    refused = page.submit(username="Vera", reason="Gone.")
    assert refused.status_code == 422
    assert "Type the user name, vera, to confirm" in refused.text
    deleted = refused.submit(username="vera")

    assert "Deleted vera" in deleted.follow().text
    assert not there_is(session, "vera")
    assert hers.get("/account").status_code == 303
    assert (events(session)[-1].action, events(session)[-1].reason) == ("user:deleted", "Gone.")


def test_a_user_who_changed_meanwhile_is_shown_again_before_deleting(sign_in, session, ada, vera):
    browser = sign_in(ada)
    page = browser.get(f"/users/{vera.id}/delete")
    browser.submit(f"/users/{vera.id}/edit", full_name="Vera C. Rubin")

    again = page.submit(username="vera", reason="Gone.")

    assert again.status_code == 409
    assert "vera was changed by somebody else while you had this page open." in again.text
    assert "Delete Vera C. Rubin" in again.text
    assert (again.value("username"), again.value("reason")) == ("vera", "Gone.")
    assert again.submit(username="vera").status_code == 303
    assert not there_is(session, "vera")


def test_what_was_recorded_of_a_deleted_user_leads_nowhere(sign_in, session, ada, vera):
    number = vera.id
    browser = sign_in(ada)
    browser.submit(f"/users/{vera.id}/delete", username="vera")

    page = browser.get("/")

    assert re.search(r"ada deleted vera", page.text)
    assert f"/users/{number}" not in page.links


def test_a_reset_ends_with_a_link_that_is_shown_once(sign_in, session, ada, vera, visitor):
    page = sign_in(ada).get(f"/users/{vera.id}/reset")
    assert "The current password works until they choose a new one" in page.text

    done = page.submit(reason="Forgotten.")

    assert done.status_code == 201
    link = re.search(r'value="(https?://[^"]+/reset/[^"]+)"', done.html)[1]
    assert visitor.get(urlsplit(link).path).status_code == 200
    assert [event.action for event in events(session)] == ["password:reset-started"]


def test_the_sessions_of_a_user_are_listed_and_ended(sign_in, session, ada, vera, signed_in_as):
    browser, first, second = sign_in(ada), sign_in(vera), sign_in(vera)
    path = f"/users/{vera.id}/sessions"

    page = browser.get(path)
    assert page.text.count("The tests") == 2
    number = page.forms[-1].filled({})[1]
    ended = browser.post(path, **dict(number)).follow()
    assert "Ended the session" in ended.text
    assert signed_in_as(vera) == 1
    browser.post(path, session="all")

    assert signed_in_as(vera) == 0
    assert first.get("/account").status_code == second.get("/account").status_code == 303
    assert "Vera Rubin has no session" in browser.get(path).text
    assert [event.action for event in events(session)] == ["session:ended", "sessions:ended"]


@pytest.mark.parametrize("value", ["", "x", "0", "-1", "2147483648", "9" * 30, "ALL", "\0", "١"])
def test_a_session_that_cannot_be_is_not_ended(sign_in, session, ada, vera, signed_in_as, value):
    sign_in(vera)
    browser = sign_in(ada)

    assert browser.post(f"/users/{vera.id}/sessions", session=value).status_code == 422
    assert signed_in_as(vera) == 1


def test_another_s_session_is_not_ended_by_its_number(sign_in, session, ada, vera, omar):
    sign_in(omar)
    number = session.scalar(select(ConsoleSession.id).where(ConsoleSession.user_id == omar.id))

    page = sign_in(ada).post(f"/users/{vera.id}/sessions", session=str(number))

    assert page.status_code == 404
    assert "That session has ended already" in page.text


@pytest.mark.parametrize(
    ("name", "fields", "looking", "doing"),
    [
        ("edit", {"full_name": "Nora"}, 4, 10),
        ("activate", {"reason": ""}, 5, 10),
        ("deactivate", {"reason": ""}, 6, 14),
        ("reset", {"reason": ""}, 5, 12),
        ("delete", {"username": "nora"}, 7, 14),
        ("sessions", {"session": "all"}, 5, 10),
    ],
)
def test_each_takes_a_few_statements(
    sign_in, ada, person, statements, name, fields, looking, doing
):
    person("boris", roles=["admin"])
    nora = person("nora", roles=["admin", "user", "viewer"], is_active=name != "activate")
    if name != "activate":
        for _ in range(5):
            sign_in(nora)
    browser = sign_in(ada)

    with statements.at_most(looking):
        page = browser.get(f"/users/{nora.id}/{name}")
    assert page.status_code == 200
    form = next(one for one in page.forms if one.method == "post" and one.has(fields))
    sent = dict(form.filled({})[1]) | fields
    with statements.at_most(doing):
        answer = browser.send("post", page.path, list(sent.items()))
    assert answer.status_code in {201, 303}


def test_a_session_that_ended_stays_ended(sign_in, ada, vera, signed_in_as):
    hers, browser = sign_in(vera), sign_in(ada)

    browser.post(f"/users/{vera.id}/deactivate")
    browser.post(f"/users/{vera.id}/activate")

    assert vera.is_active
    assert hers.get("/account").status_code == 303
    assert signed_in_as(vera) == 0


def test_who_gets_a_deleted_user_s_number_does_not_get_their_history(sign_in, ada, vera, person):
    browser = sign_in(ada)
    browser.post(f"/users/{vera.id}/reset")
    browser.submit(f"/users/{vera.id}/delete", username="vera")

    page = browser.get(f"/users/{person('next').id}")

    assert "No change of this user has been recorded" in page.text
