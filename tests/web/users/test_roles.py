"""A user's roles are changed: ticked, reviewed, saved."""

import re

import pytest
from sqlalchemy import func, select

from app.models import AuditEvent, Permission, Role, User


def id_of(session, name):
    return str(session.scalar(select(Role.id).where(Role.name == name)))


def roles_of(session, user):
    session.expire_all()
    return {role.name for role in session.get(User, user.id).roles}


def events_of(session, action):
    query = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)
    return session.scalars(query).all()


@pytest.fixture
def tick(session):
    """Opens a user's form and asks for the review of the roles that are named."""

    def tick(browser, user, *names, on="roles"):
        path = f"/users/{user.id}/roles" if on == "roles" else f"/users/{user.id}"
        return browser.submit(path, "roles-form", roles=[id_of(session, name) for name in names])

    return tick


@pytest.fixture
def helper(person):
    """May see users and assign roles, and read documents."""
    return person("helper", permissions=["user:read", "role:assign", "document:read"])


@pytest.mark.parametrize("page_of", ["roles", "user"])
def test_the_form_shows_what_is_held(sign_in, session, ada, vera, page_of):
    path = f"/users/{vera.id}/roles" if page_of == "roles" else f"/users/{vera.id}"

    page = sign_in(ada).get(path)

    ticked = re.findall(r'value="(\d+)"[^>]*\bchecked', page.html)
    assert ticked == [id_of(session, "viewer")]
    assert page.can_edit("roles")


def test_the_form_takes_three_statements(sign_in, ada, vera, person, statements):
    for number in range(10):
        person(f"held{number}", permissions=["user:read"])
    browser = sign_in(ada)

    with statements.at_most(3):
        assert browser.get(f"/users/{vera.id}/roles").status_code == 200


@pytest.mark.parametrize("form", ["roles", "user"])
def test_the_review_shows_what_is_gained_and_lost(sign_in, session, ada, person, tick, form):
    nora = person(
        "nora", roles=["viewer"], permissions=["settings:read"], full_name="Nora Barnacle"
    )

    page = tick(sign_in(ada), nora, "viewer", "user", on=form)

    assert page.status_code == 200
    assert "Review the roles of Nora Barnacle" in page.text
    assert re.search(r"added\s*\+ user will be assigned", page.text)
    assert re.search(r"only nora will be removed", page.text)
    assert re.search(r"Permissions gained 2 .*document:create.* document:update", page.text)
    assert re.search(r"Permissions lost 1 settings:read", page.text)
    assert roles_of(session, nora) == {"viewer", "only nora"}


def test_saving_what_was_reviewed_is_recorded_with_its_reason(sign_in, session, ada, vera, tick):
    reviewed = tick(sign_in(ada), vera, "user")

    saved = reviewed.submit("review-form", reason="  She writes now. ", confirmed="1")

    assert (saved.status_code, saved.location) == (303, f"/users/{vera.id}")
    assert "Saved the roles." in saved.follow().text
    assert roles_of(session, vera) == {"user"}
    [given], [taken] = events_of(session, "role:assigned"), events_of(session, "role:unassigned")
    assert given.reason == taken.reason == "She writes now."
    assert given.save_id == taken.save_id
    assert (given.actor_name, given.target_name) == ("ada", "vera")
    assert "She writes now." in sign_in(ada).get(f"/users/{vera.id}").text


def test_what_was_assigned_holds_at_once(sign_in, ada, omar, tick):
    browser = sign_in(omar)
    assert browser.get("/users").status_code == 403

    tick(sign_in(ada), omar, "admin").submit("review-form")

    assert browser.get("/users").status_code == 200


def test_a_reload_after_saving_says_that_somebody_has_changed_it(sign_in, ada, vera, tick):
    reviewed = tick(sign_in(ada), vera, "user")
    reviewed.submit("review-form")

    assert reviewed.submit("review-form").status_code == 409


def test_with_nothing_changed_there_is_nothing_to_save(sign_in, session, ada, vera, tick):
    page = tick(sign_in(ada), vera, "viewer")

    assert page.status_code == 200
    assert "Nothing to change" in page.text
    assert "Save the roles" not in page.text


def test_the_way_back_from_the_review_keeps_what_was_ticked(sign_in, session, ada, vera, tick):
    reviewed = tick(sign_in(ada), vera, "user")

    page = reviewed.submit("review-form", again="1", reason="She writes now.")

    assert page.status_code == 200
    assert page.value("roles") == [id_of(session, "user")]
    assert page.value("reason") == "She writes now."
    assert "to be assigned" in page.text
    assert "to be removed" in page.text
    assert roles_of(session, vera) == {"viewer"}
    assert page.submit("roles-form").submit("review-form").status_code == 303
    assert roles_of(session, vera) == {"user"}


def test_a_reason_that_is_too_long_is_corrected_at_the_review(sign_in, session, ada, vera, tick):
    reviewed = tick(sign_in(ada), vera, "user")

    page = reviewed.submit("review-form", reason="x" * 501)

    assert page.status_code == 422
    assert "at most 500" in page.text
    assert page.value("reason") == "x" * 501
    assert roles_of(session, vera) == {"viewer"}
    assert page.submit("review-form", reason="She writes.").status_code == 303
    assert roles_of(session, vera) == {"user"}


def test_two_people_change_the_same_user_and_nothing_is_lost(
    sign_in, session, ada, person, vera, tick
):
    grace = person("grace", roles=["admin"])
    mine = tick(sign_in(ada), vera, "viewer", "user")
    tick(sign_in(grace), vera).submit("review-form")

    page = mine.submit("review-form", reason="She writes now.")

    assert page.status_code == 409
    assert "grace changed the roles of vera just now, while you were editing them." in page.text
    assert re.search(r"Original .*? viewer Theirs .*? None Yours .*? user\s*viewer", page.text)
    assert page.link("Keep their version") == f"/users/{vera.id}"
    assert roles_of(session, vera) == set()
    review = page.submit("conflict-form")
    assert re.search(r"viewer will be assigned", review.text)
    assert review.value("reason") == "She writes now."
    assert review.submit("review-form").status_code == 303
    assert roles_of(session, vera) == {"viewer", "user"}
    assert events_of(session, "role:assigned")[-1].reason == "She writes now."


def test_a_change_before_the_review_is_noticed_then(sign_in, session, ada, vera):
    browser = sign_in(ada)
    page = browser.get(f"/users/{vera.id}")
    session.get(User, vera.id).roles = []
    session.commit()

    conflict = page.submit("roles-form", roles=[id_of(session, "user")])

    assert conflict.status_code == 409
    again = conflict.submit("conflict-form", again="1")
    assert again.value("roles") == [id_of(session, "user")]
    assert again.submit("roles-form").status_code == 200


def test_a_role_that_goes_while_it_is_being_ticked_is_said(sign_in, session, ada, vera):
    browser = sign_in(ada)
    role = Role(name="brief")
    session.add(role)
    session.commit()
    page = browser.get(f"/users/{vera.id}/roles")
    session.delete(role)
    session.commit()

    refused = page.submit("roles-form", roles=[str(role.id), id_of(session, "user")])

    assert refused.status_code == 422
    assert "One of the roles does not exist." in refused.text
    assert refused.value("roles") == [id_of(session, "user")]


def test_the_last_administrator_is_told_why_the_role_stays(sign_in, session, ada):
    page = sign_in(ada).submit(f"/users/{ada.id}/roles", roles=[])

    assert page.status_code == 409
    assert "ada is the last administrator." in page.text
    assert not page.value("roles")
    assert roles_of(session, ada) == {"admin"}
    [refusal] = events_of(session, "change:refused")
    assert refusal.target_name == "ada"


def test_who_becomes_the_last_administrator_after_the_review_is_told(
    sign_in, session, ada, person, tick
):
    grace = person("grace", roles=["admin"])
    reviewed = tick(sign_in(ada), ada, "viewer")
    assert "These are your own roles" in reviewed.text
    session.get(User, grace.id).is_active = False

    page = reviewed.submit("review-form", reason="I leave.")

    assert page.status_code == 409
    assert "ada is the last administrator." in page.text
    assert page.value("roles") == [id_of(session, "viewer")]
    assert page.value("reason") == "I leave."
    assert roles_of(session, ada) == {"admin"}


@pytest.mark.parametrize("role", ["admin", "user"])
def test_nobody_gains_by_giving(sign_in, session, helper, omar, tick, role):
    page = tick(sign_in(helper), omar, role)

    assert page.status_code == 403
    assert f"The role {role} grants permissions that you do not have." in page.text
    assert page.value("roles") == [id_of(session, role)]
    assert roles_of(session, omar) == set()
    assert events_of(session, "change:refused")[0].actor_name == "helper"


@pytest.mark.parametrize("confirmed", [None, "1"])
def test_nobody_makes_more_of_themselves(sign_in, session, helper, confirmed):
    browser = sign_in(helper)
    own = id_of(session, "only helper")
    page = browser.get(f"/users/{helper.id}/roles")
    etag = page.value("etag")

    refused = browser.post(
        f"/users/{helper.id}/roles",
        roles=[own, id_of(session, "admin")],
        etag=etag,
        confirmed=confirmed,
    )

    assert refused.status_code == 403
    assert roles_of(session, helper) == {"only helper"}


def test_whoever_holds_more_is_not_touched(sign_in, session, helper, ada, tick):
    page = tick(sign_in(helper), ada)

    assert page.status_code == 403
    assert "ada has permissions that you do not have" in page.text
    assert roles_of(session, ada) == {"admin"}


def test_what_one_holds_oneself_can_be_given(sign_in, session, helper, omar, tick):
    page = tick(sign_in(helper), omar, "viewer").submit("review-form")

    assert page.status_code == 303
    assert roles_of(session, omar) == {"viewer"}


@pytest.mark.parametrize("path", ["/users/{}", "/users/{}/roles"])
def test_who_may_only_look_sees_the_roles_and_what_is_missing(sign_in, person, vera, path):
    page = sign_in(person("iris", permissions=["user:read"])).get(path.format(vera.id))

    assert page.status_code == 200
    assert "viewer" in page.text
    assert "You need the permission role:assign to change them." in page.text
    assert 'name="roles"' not in page.html
    assert "Review the change" not in page.text


def test_who_may_only_look_changes_nothing(sign_in, session, person, vera):
    browser = sign_in(person("iris", permissions=["user:read"]))

    for fields in ({}, {"confirmed": "1"}, {"again": "1"}):
        page = browser.post(f"/users/{vera.id}/roles", roles=[id_of(session, "user")], **fields)
        assert page.status_code == 403
        assert "role:assign" in page.text
    assert roles_of(session, vera) == {"viewer"}


def test_who_may_see_nothing_is_shown_nothing(sign_in, vera, omar):
    browser = sign_in(omar)

    assert browser.get(f"/users/{vera.id}").status_code == 403
    assert browser.get(f"/users/{vera.id}/roles").status_code == 403


HOSTILE_FIELDS = [
    {"roles": ["x"]},
    {"roles": ["1", "x"]},
    {"roles": [""]},
    {"roles": ["-1"]},
    {"roles": ["9" * 30]},
    {"roles": ["9" * 5_000]},
    {"roles": ["999999"]},
    {"roles": ["٣"]},
    {"roles": [], "etag": "\0"},
    {"roles": [], "etag": "x" * 10_000},
    {"roles": [], "base": "1," * 5_000 + "9" * 5_000, "etag": ""},
    {"roles": [], "reason": "\0"},
    {"roles": [], "reason": "x" * 100_000},
]


@pytest.mark.parametrize("confirmed", [None, "1"])
@pytest.mark.parametrize("fields", HOSTILE_FIELDS, ids=range(len(HOSTILE_FIELDS)))
def test_what_no_form_sends_changes_nothing(sign_in, session, ada, vera, fields, confirmed):
    browser = sign_in(ada)
    etag = browser.get(f"/users/{vera.id}/roles").value("etag")

    page = browser.post(f"/users/{vera.id}/roles", **{"etag": etag} | fields, confirmed=confirmed)

    assert page.status_code in {409, 422}
    assert roles_of(session, vera) == {"viewer"}


def test_ids_that_cannot_be_are_not_shown_as_ticked(sign_in, session, ada, vera):
    browser = sign_in(ada)
    etag = browser.get(f"/users/{vera.id}/roles").value("etag")

    page = browser.post(f"/users/{vera.id}/roles", etag=etag, roles=["x"])

    assert page.status_code == 422
    assert "is not the id of a role" in page.text or "Invalid" in page.text


@pytest.mark.parametrize("count", [1, 12])
def test_saving_takes_sixteen_statements_however_many_roles(
    sign_in, session, ada, omar, statements, count
):
    codes = list(session.scalars(select(Permission)))
    session.add_all(Role(name=f"role{number}", permissions=codes) for number in range(count))
    session.commit()
    names = [f"role{number}" for number in range(count)]
    page = sign_in(ada).get(f"/users/{omar.id}")

    with statements.at_most(16):
        reviewed = page.submit("roles-form", roles=[id_of(session, name) for name in names])
    with statements.at_most(16):
        saved = reviewed.submit("review-form", reason="All of them.")

    assert saved.status_code == 303
    assert len(roles_of(session, omar)) == count
    assert session.scalar(select(func.count()).select_from(AuditEvent)) >= count


def test_unassigning_takes_sixteen_statements_too(sign_in, session, ada, person, statements):
    person("grace", roles=["admin"])
    other = person("other", roles=["admin", "user", "viewer"])
    reviewed = sign_in(ada).submit(f"/users/{other.id}/roles", roles=[])

    with statements.at_most(16):
        saved = reviewed.submit("review-form")

    assert saved.status_code == 303
    assert roles_of(session, other) == set()
