"""The page that edits a profile."""

import re
from dataclasses import replace

import pytest

from tests.support.contents import digests, events, recorded


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
    assert "You changed the profile of vera just now, in another window." in page.text
    assert re.search(r"Full name Vera Rubin Vera C. Rubin V. Rubin", page.text)
    assert re.search(r"Email address verified no yes no", page.text)
    assert page.value("full_name") == "V. Rubin"
    again = page.submit(full_name="V. Rubin")
    assert again.status_code == 303
    assert (vera.full_name, vera.is_verified) == ("V. Rubin", False)


def test_an_address_is_shown_with_letters_in_a_field_that_keeps_them(sign_in, ada, person):
    mara = person("mara", email="mara@dömäin.example")
    browser = sign_in(ada)

    page = browser.get(f"/users/{mara.id}/edit")
    [field] = re.findall(r'<input[^>]*name="email"[^>]*>', page.html)
    assert 'type="text"' in field
    assert 'inputmode="email"' in field
    assert 'value="mara@dömäin.example"' in field
    browser.submit(f"/users/{mara.id}/edit", full_name="Mara Lind")
    assert (mara.full_name, mara.email) == ("Mara Lind", "mara@xn--dmin-moa0i.example")
    for path in (f"/users/{mara.id}", "/users", "/users?q=mara@d%C3%B6m", "/search?q=mara"):
        page = browser.get(path)
        assert "dömäin.example" in page.text
        assert "xn--" not in page.text


def test_domains_of_the_own_network_are_allowed(sign_in, app, ada, vera):
    page = sign_in(ada).submit(f"/users/{vera.id}/edit", email="vera@corp.local")
    assert page.status_code == 422
    assert "The variable EMAIL_DOMAINS can allow domains of your own network." in page.text

    app.config["CONSOLE"] = replace(app.config["CONSOLE"], email_domains=("corp.local",))
    sign_in(ada).submit(f"/users/{vera.id}/edit", email="vera@corp.local")
    assert vera.email == "vera@corp.local"
    page = sign_in(ada).submit("/users/new", username="new", email="new@corp.local")
    assert page.status_code == 201


def test_a_change_of_a_profile_is_undone_in_two_clicks(sign_in, session, ada, vera):
    browser = sign_in(ada)
    browser.submit(f"/users/{vera.id}/edit", full_name="V. R.", email="v@example.org")

    page = browser.get(browser.get("/audit").link("Undo… changed vera"))
    assert "Filled in: what was there before the change by ada" in page.text
    assert (page.value("full_name"), page.value("email")) == ("Vera Rubin", "vera@example.org")
    page.submit()

    session.expire_all()
    assert (vera.full_name, vera.email) == ("Vera Rubin", "vera@example.org")
    last = events(session)[-1]
    assert (last.action, last.reason[:22]) == ("user:changed", "Undoes the change of 2")


def test_only_what_a_change_changed_is_filled_in(sign_in, ada, vera):
    browser = sign_in(ada)
    browser.submit(f"/users/{vera.id}/edit", full_name="V. R.")
    undo = browser.get("/audit").link("Undo… changed vera")
    browser.submit(f"/users/{vera.id}/edit", full_name="Vee", bio="Astronomer")

    page = browser.get(undo)

    assert (page.value("full_name"), page.value("bio")) == ("Vera Rubin", "Astronomer")
    assert "It has changed since then." in page.text


@pytest.mark.only_on("sqlite")
def test_the_change_of_another_profile_fills_nothing_in(sign_in, session, ada, vera, omar, person):
    browser = sign_in(ada)
    browser.submit(f"/users/{vera.id}/edit", full_name="V. R.")
    event_id = recorded(session)[0].id
    clerk = person("clara", permissions=["user:read", "user:update"])

    assert browser.get(f"/users/{omar.id}/edit?undo={event_id}").status_code == 404
    assert browser.get(f"/users/{vera.id}/edit?undo=999999").status_code == 404
    assert sign_in(clerk).get(f"/users/{vera.id}/edit?undo={event_id}").status_code == 404
