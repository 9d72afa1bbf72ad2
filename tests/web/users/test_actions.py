"""The actions on an account, as far as their pages have rules in common."""

import pytest

from app.domain import users
from tests.support.contents import digests

PAGES = ("edit", "activate", "deactivate", "reset", "delete", "sessions")


@pytest.fixture
def hedda(person):
    """Of the helpdesk: may see, edit and delete users, and reads documents."""
    codes = ["user:read", "user:update", "user:delete", "role:assign", "document:read"]
    return person("hedda", permissions=codes)


def actions_on(page):
    """What the page leads to that can be done to a user."""
    return [link for link in page.links if link.rpartition("/")[2] in set(PAGES) - {"sessions"}]


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
    sentence = "ada has permissions that you do not have"

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
        assert "ada has permissions that you do not have" in answer.text

    assert digests(session.get_bind()) == before


def test_who_may_not_change_users_is_told_what_is_missing(sign_in, session, person, vera):
    browser = sign_in(person("iris", permissions=["user:read"]))

    for name in ("edit", "activate", "deactivate", "reset", "delete"):
        page = browser.get(f"/users/{vera.id}/{name}")
        needed = "user:delete" if name == "delete" else "user:update"
        assert f"You need the permission {needed} for this." in page.text
        assert browser.post(f"/users/{vera.id}/{name}", username="vera").status_code == 403
    assert browser.get(f"/users/{vera.id}/sessions").status_code == 403


def test_a_user_that_there_is_not_has_no_such_pages(sign_in, ada):
    browser = sign_in(ada)

    for name in PAGES:
        assert browser.get(f"/users/999999/{name}").status_code == 404
        assert browser.get(f"/users/2147483648/{name}").status_code == 404


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


@pytest.mark.parametrize(
    ("name", "fields", "looking", "doing"),
    [
        ("edit", {"full_name": "Nora"}, 4, 13),
        ("activate", {"reason": ""}, 5, 11),
        ("deactivate", {"reason": ""}, 7, 15),
        ("reset", {"reason": ""}, 6, 13),
        ("delete", {"username": "nora"}, 8, 15),
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
