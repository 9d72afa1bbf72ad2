"""The page that creates a user."""

import re
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from app.domain.authentication import passwords
from app.models import AuditEvent, Role, User
from tests.support.contents import events


def count_of(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_a_new_user_gets_a_link_that_is_shown_once(sign_in, session, visitor, ada):
    page = sign_in(ada).submit(
        "/users/new",
        username=" Grace ",
        email="Grace@Example.org",
        full_name="Grace Hopper",
        bio="Found a moth.",
        roles=[str(role_id(session, "viewer"))],
    )

    grace = session.scalars(select(User).where(User.username == "grace")).one()
    assert page.status_code == 201
    assert "60 minutes" in page.text
    assert "will not be shown again" in page.text
    assert page.link("Open Grace Hopper") == f"/users/{grace.id}"
    assert (grace.email, grace.bio) == ("grace@example.org", "Found a moth.")
    assert grace.has_role("viewer")
    assert not grace.has_password
    link = re.search(r'value="(https?://[^"]+/reset/[^"]+)"', page.html)
    assert visitor.get(urlsplit(link[1]).path).status_code == 200


def test_the_message_to_send_tells_until_when(sign_in, ada):
    page = sign_in(ada).submit("/users/new", username="grace", email="g@example.org")

    assert re.search(
        r"Hello grace, choose a password for your account grace in RAG Fortress here: "
        r"https?://\S+/reset/\S+ The link works once, until \d+ \w+ \d{4}, \d\d:\d\d, UTC\.",
        " ".join(page.html.split()),
    )


def test_a_similar_user_starts_with_the_roles_that_one_may_assign(sign_in, session, person, vera):
    vera.roles.append(session.query(Role).filter_by(name="admin").one())
    session.commit()
    codes = ["user:read", "user:create", "role:assign", "document:read"]
    browser = sign_in(person("hedda", permissions=codes))

    page = browser.get(f"/users/new?like={vera.id}")

    assert "Add a user like Vera Rubin" in page.text
    assert "Not selected, because it grants permissions that you do not have: admin." in page.text
    assert page.value("roles") == [str(role_id(session, "viewer"))]
    created = page.submit(username="grace", email="g@example.org")
    assert created.status_code == 201


def test_a_similar_user_is_one_link_away(sign_in, ada, vera):
    browser = sign_in(ada)

    link = browser.get(f"/users/{vera.id}").link("Add a similar user")

    assert link == f"/users/new?like={vera.id}"
    assert browser.get("/users/new?like=999999").status_code == 404


def test_creating_a_user_is_recorded(sign_in, session, ada):
    viewer = str(role_id(session, "viewer"))
    sign_in(ada).submit("/users/new", username="grace", email="g@example.org", roles=[viewer])

    events = session.scalars(
        select(AuditEvent).where(AuditEvent.target_name == "grace").order_by(AuditEvent.id)
    ).all()

    assert [event.action for event in events] == ["user:created", "role:assigned"]
    assert {event.actor_name for event in events} == {"ada"}


def role_id(session, name):
    return session.scalar(select(Role.id).where(Role.name == name))


@pytest.mark.usefixtures("vera")
@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("username", "VERA", "Another user has vera"),
        ("username", "", "Enter a user name"),
        ("username", "vera@example.org", "contains “@”"),
        ("username", "two words", "a space"),
        ("username", "x" * 256, "at most 255"),
        ("email", "Vera@Example.org", "Another user has vera@example.org"),
        ("email", "nonsense", "not valid"),
        ("email", "", "Enter an email address"),
        ("full_name", "x" * 256, "at most 255"),
        ("bio", "x" * 65_536, "at most 65,535"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(sign_in, session, ada, field, typed, sentence):
    good = {"username": "grace", "email": "g@example.org", "full_name": "Grace", "bio": "Moth"}

    page = sign_in(ada).submit("/users/new", **good | {field: typed})

    assert page.status_code == 422
    assert sentence in page.text
    assert re.search(rf'aria-describedby="{field}-error', page.html)
    assert {name: page.value(name) for name in good} == good | {field: typed}
    assert count_of(session, User) == 2


def test_nobody_takes_another_s_name_as_their_address(sign_in, session, ada, person):
    person("taken@example.org", email="other@example.org")

    page = sign_in(ada).submit("/users/new", username="new", email="Taken@example.org")

    assert page.status_code == 422
    assert "Another user has taken@example.org" in page.text
    assert count_of(session, User) == 2


def test_nobody_takes_another_s_address_as_their_name(sign_in, session, ada, person):
    person("legacy", email="postmaster")

    page = sign_in(ada).submit("/users/new", username="postmaster", email="p@example.org")

    assert page.status_code == 422
    assert "Another user has postmaster" in page.text
    assert count_of(session, User) == 2


def test_roles_beyond_one_s_own_are_not_given_to_a_new_user(sign_in, session, person):
    helper = person("helper", permissions=["user:create", "role:assign", "document:read"])
    admin = str(role_id(session, "admin"))

    page = sign_in(helper).submit(
        "/users/new", username="grace", email="g@example.org", roles=[admin]
    )

    assert page.status_code == 403
    assert "The role admin grants permissions that you do not have." in page.text
    assert page.value("username") == "grace"
    assert admin in page.value("roles")
    assert session.scalar(select(User).where(User.username == "grace")) is None


def test_who_may_not_assign_roles_creates_users_without(sign_in, session, person):
    helper = person("helper", permissions=["user:create"])
    browser = sign_in(helper)
    viewer = str(role_id(session, "viewer"))

    assert "Roles" not in browser.get("/users/new").text
    page = browser.post("/users/new", username="eve", email="e@example.org", roles=[viewer])
    assert page.status_code == 403
    page = browser.submit("/users/new", username="grace", email="g@example.org")
    assert page.status_code == 201
    assert "/users/" not in "".join(page.links).replace("/users/new", "")
    assert session.scalar(select(User).where(User.username == "eve")) is None


def test_creating_users_needs_its_permission(sign_in, session, person):
    browser = sign_in(person("iris", permissions=["user:read"]))
    before = count_of(session, User)

    assert browser.get("/users/new").status_code == 403
    assert browser.post("/users/new", username="eve", email="e@e.org").status_code == 403
    assert count_of(session, User) == before


@pytest.mark.parametrize("wrong", ["x", "0", "-1", "1.5", "٣", "9" * 30, "1" * 5_000, "999999", ""])
def test_a_role_that_cannot_be_is_refused(sign_in, session, ada, wrong):
    page = sign_in(ada).post("/users/new", username="eve", email="e@example.org", roles=[wrong])

    assert page.status_code == 422
    assert session.scalar(select(User).where(User.username == "eve")) is None


def test_a_new_user_s_password_is_one_that_nobody_knows(sign_in, session, ada):
    sign_in(ada).submit("/users/new", username="grace", email="g@example.org")

    grace = session.scalars(select(User).where(User.username == "grace")).one()

    assert not passwords.verify(grace.password_hash, "")


def test_the_reason_is_recorded_and_kept_where_it_is_too_long(sign_in, session, ada):
    browser = sign_in(ada)
    fields = {"username": "grace", "email": "g@example.org", "reason": "x" * 501}

    refused = browser.submit("/users/new", **fields)
    assert refused.status_code == 422
    assert refused.value("reason") == "x" * 501
    browser.submit("/users/new", **fields | {"reason": "Joins the desk."})

    assert {event.reason for event in events(session)} == {"Joins the desk."}
