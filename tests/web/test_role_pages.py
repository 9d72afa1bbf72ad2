"""One role: who holds it, what it grants; created, renamed, compared, deleted."""

import re

import pytest
from sqlalchemy import insert, select

from app.models import Permission, Role, User, user_roles
from tests.support.contents import events

NAMES = ("role:create", "role:read", "role:update", "role:delete", "role:assign")


@pytest.fixture
def role(session):
    """Finds a role by its name, or makes one: ``role("editor", "document:read")``."""

    def role(name, *codes):
        session.expire_all()
        found = session.scalars(select(Role).where(Role.name == name)).first()
        if found is None:
            granted = session.scalars(select(Permission).where(Permission.code.in_(codes)))
            found = Role(name=name, permissions=list(granted))
            session.add(found)
            session.commit()
        return found

    return role


@pytest.fixture
def iris(person):
    """May see roles and nothing else."""
    return person("iris", permissions=["role:read"])


def path_of(role, beyond=""):
    return f"/roles/{role.id}{beyond}"


def crowd(session, role, number):
    rows = [
        {"username": f"one-{n:03}", "email": f"one-{n}@example.org", "password_hash": "x"}
        for n in range(number)
    ]
    session.execute(insert(User), rows)
    ids = session.scalars(select(User.id).where(User.username.startswith("one-")))
    session.execute(insert(user_roles), [{"user_id": n, "role_id": role.id} for n in ids])
    session.commit()


def test_a_role_shows_what_it_grants_and_who_holds_it(sign_in, ada, person, role):
    editor = role("editor", "document:read", "document:update")
    person("nora", roles=["editor"], full_name="Nora Barnacle", is_active=False)

    page = sign_in(ada).get(path_of(editor))

    assert re.search(r"Members 1 person .*Nora Barnacle nora · nora@\S+ Inactive", page.text)
    assert re.search(r"Permissions 2 document:read .* document:update", page.text)
    assert page.link("document:read") == "/permissions/document:read"
    assert page.link("Change permissions") == path_of(editor, "/permissions")


def test_the_members_are_paged(sign_in, session, ada, role, statements):
    editor = role("editor")
    crowd(session, editor, 120)
    browser = sign_in(ada)

    with statements.at_most(7):
        first = browser.get(path_of(editor))
    second = browser.get(first.link("Next"))
    third = browser.get(second.link("Next"))

    shown = [re.findall(r"one-\d{3}(?= one-|</a>)", page.html) for page in (first, second, third)]
    assert [len(names) for names in shown] == [50, 50, 20]
    assert sorted({name for names in shown for name in names}) == [
        f"one-{n:03}" for n in range(120)
    ]
    assert browser.get(third.link("Previous")).text.count("@example.org") == 50
    assert "120 people" in first.text


def test_a_page_of_members_that_has_gone_says_so(sign_in, session, ada, role):
    editor = role("editor")
    crowd(session, editor, 51)
    browser = sign_in(ada)
    path = browser.get(path_of(editor)).link("Next")
    last = session.scalars(select(User).where(User.username == "one-050")).one()
    session.delete(last)
    session.commit()

    page = browser.get(path)

    assert "This page is empty" in page.text
    assert page.link("First page") == path_of(editor)


def test_an_address_that_was_cut_is_no_page(sign_in, ada, role):
    browser = sign_in(ada)

    for cursor in ("x", "WyJhIiwxXQ", "W10"):
        assert browser.get(path_of(role("viewer")), after=cursor).status_code == 400


def test_who_may_not_see_users_sees_how_many_there_are(sign_in, session, iris, person, role):
    person("nora", roles=["viewer"], full_name="Nora Barnacle")

    page = sign_in(iris).get(path_of(role("viewer")))

    assert "Members 1 person" in page.text
    assert "Nora" not in page.text
    assert "user:read" in page.text
    assert not {"Change permissions", "Delete…", "Clone"} & set(
        re.findall(r">([^<>]+)</a>", page.html)
    )


def test_a_role_that_nobody_holds_says_so(sign_in, ada, role):
    assert "Nobody has this role" in sign_in(ada).get(path_of(role("editor"))).text


def test_admin_says_that_it_grants_everything(sign_in, ada, role):
    page = sign_in(ada).get(path_of(role("admin")))

    assert "Grants every permission, including ones added later." in page.text
    assert "Change permissions" not in page.text
    assert "Delete…" not in page.text


@pytest.mark.parametrize("beyond", ["", "/permissions", "/edit", "/delete"])
def test_a_role_that_does_not_exist_is_not_found(sign_in, ada, beyond):
    assert sign_in(ada).get(f"/roles/2147483647{beyond}").status_code == 404
    assert sign_in(ada).get(f"/roles/2147483648{beyond}").status_code == 404


def box(session, code):
    return str(session.scalars(select(Permission.id).where(Permission.code == code)).one())


def tick(session, browser, role, *codes):
    boxes = [box(session, code) for code in codes]
    return browser.submit(path_of(role, "/permissions"), "permissions-form", permissions=boxes)


def test_permissions_are_ticked_reviewed_and_saved(sign_in, session, ada, person, role):
    editor = role("editor", "document:read")
    person("nora", roles=["editor"], full_name="Nora Barnacle")

    review = tick(session, sign_in(ada), editor, "document:update")

    assert "Review the permissions of editor" in review.text
    assert re.search(r"document:update 1 person gains it: Nora", review.text)
    assert re.search(r"document:read 1 person loses it: Nora", review.text)
    saved = review.submit("review-form", confirmed="1", reason="New team.")
    assert (saved.status_code, saved.location) == (303, path_of(editor))
    page = saved.follow()
    assert "Saved the permissions of editor." in page.text
    assert re.search(r"ada granted permissions to editor", page.text)
    assert "New team." in page.text
    assert [one.code for one in role("editor").permissions] == ["document:update"]


def test_the_way_back_keeps_the_boxes(sign_in, session, ada, role):
    editor = role("editor", "document:read")
    review = tick(session, sign_in(ada), editor, "document:update")

    page = review.submit("review-form", again="1", reason="New team.")

    assert page.value("permissions") == [box(session, "document:update")]
    assert "to be granted" in page.text
    assert "to be revoked" in page.text
    assert page.submit("permissions-form").submit("review-form", confirmed="1").status_code == 303


def test_the_second_of_two_is_told(sign_in, session, ada, role):
    editor = role("editor", "document:read")
    review = tick(session, sign_in(ada), editor, "document:read", "document:update")
    editor.permissions = []
    session.commit()

    conflict = review.submit("review-form", confirmed="1")

    assert conflict.status_code == 409
    assert re.search(r"editor document:read granted not granted granted", conflict.text)
    again = conflict.submit("conflict-form")
    assert "2 granted, 0 revoked" in again.text
    assert again.submit("review-form", confirmed="1").status_code == 303


def test_a_refusal_keeps_the_boxes(sign_in, session, person, role):
    mona = person("mona", permissions=["role:read", "role:update"])

    page = tick(session, sign_in(mona), role("editor"), "settings:read")

    assert page.status_code == 403
    assert "You do not hold settings:read, so you cannot grant it." in page.text
    assert page.value("permissions") == [box(session, "settings:read")]


def test_who_may_only_look_is_shown_what_is_missing(sign_in, iris, role):
    browser = sign_in(iris)

    for beyond, code in (
        ("/permissions", "role:update"),
        ("/edit", "role:update"),
        ("/delete", "role:delete"),
    ):
        page = browser.get(path_of(role("editor"), beyond))
        assert page.status_code == 200
        assert f"You need the permission {code}" in page.text


@pytest.mark.parametrize(
    ("template", "codes"),
    [
        ("", set()),
        ("settings-operator", {"settings:read", "settings:update"}),
        ("auditor", {"settings:read", "user:read", "role:read", "audit:read"}),
    ],
)
def test_a_new_role_lands_on_its_page(sign_in, ada, role, template, codes):
    saved = sign_in(ada).submit(
        "/roles/new", "role-form", name="Team A", description="Ours.", template=template
    )

    made = role("team a")
    assert (saved.status_code, saved.location) == (303, path_of(made))
    assert "Created the role team a." in saved.follow().text
    assert {one.code for one in made.permissions} == codes
    assert made.description == "Ours."
    assert not made.is_system


def test_a_role_is_cloned_from_its_page(sign_in, ada, role):
    browser = sign_in(ada)
    path = browser.get(path_of(role("user"))).link("Clone")

    page = browser.get(path)
    saved = page.submit("role-form", name="writers")

    assert page.value("template") == f"role:{role('user').id}"
    assert saved.status_code == 303
    assert role("writers").permissions == role("user").permissions


@pytest.mark.parametrize("name", ["", "viewer", "a,b", "x" * 200, "a\0b"])
def test_a_name_that_cannot_be_stands_beside_its_field(sign_in, session, ada, name):
    page = sign_in(ada).submit("/roles/new", "role-form", name=name, description="Ours.")

    assert page.status_code == 422
    assert "The role was not created" in page.text
    assert 'href="#name"' in page.html
    assert page.value("description") == "Ours."


@pytest.mark.parametrize("template", ["nothing", "role:", "role:x", "role:2147483647", "\0"])
def test_a_template_that_is_none_is_refused(sign_in, ada, template):
    page = sign_in(ada).post("/roles/new", name="team", template=template)

    assert page.status_code == 422
    assert "There is no such" in page.text


def test_who_may_only_create_goes_home(sign_in, person):
    mona = person("mona", permissions=["role:create"])

    saved = sign_in(mona).submit("/roles/new", "role-form", name="team")

    assert (saved.status_code, saved.location) == (303, "/")


def test_a_template_beyond_ones_own_is_refused_beside_its_field(sign_in, person):
    mona = person("mona", permissions=["role:create", "role:read"])

    page = sign_in(mona).submit("/roles/new", "role-form", name="team", template="auditor")

    assert page.status_code == 403
    assert "You do not hold audit:read, settings:read, user:read" in page.text
    assert page.value("template") == "auditor"


def test_a_role_is_renamed(sign_in, ada, role):
    editor = role("editor")

    saved = sign_in(ada).submit(
        path_of(editor, "/edit"), "role-form", name="Writers", description="Write."
    )

    assert (saved.status_code, saved.location) == (303, path_of(editor))
    assert re.search(r"renamed writers from\s?editor to\s?writers", saved.follow().text)
    assert role("writers").description == "Write."


def test_a_system_role_keeps_its_name(sign_in, ada, role):
    browser = sign_in(ada)
    page = browser.get(path_of(role("viewer"), "/edit"))

    saved = page.submit("role-form", description="Reads.")

    assert not page.can_edit("name") or 'type="hidden" name="name"' in page.html
    assert saved.status_code == 303
    assert role("viewer").description == "Reads."
    refused = browser.post(
        path_of(role("viewer"), "/edit"),
        name="readers",
        description="Reads.",
        etag=browser.get(path_of(role("viewer"), "/edit")).value("etag"),
    )
    assert refused.status_code == 409
    assert "viewer is a system role. It keeps its name." in refused.text


def test_of_two_who_edit_a_role_the_second_sees_both(sign_in, session, ada, role):
    editor = role("editor")
    page = sign_in(ada).get(path_of(editor, "/edit"))
    editor.description = "Theirs."
    session.commit()

    conflict = page.submit("role-form", description="Mine.")

    assert conflict.status_code == 409
    assert "was changed by somebody else" in conflict.text
    assert re.search(r"Description Empty Theirs\. Mine\.", conflict.text)
    assert conflict.value("description") == "Mine."
    assert conflict.submit("role-form").status_code == 303
    assert role("editor").description == "Mine."


def test_deleting_a_role_in_use_says_who_loses_what(sign_in, session, ada, person, role):
    editor = role("editor", "document:read", "document:update")
    person("nora", roles=["editor"], full_name="Nora Barnacle")
    person("olga", roles=["editor", "user"], full_name="Olga Ladyzhenskaya")
    page = sign_in(ada).get(path_of(editor, "/delete"))

    assert "2 people have this role and will lose it." in page.text
    assert re.search(r"− document:read removed\s*− document:update", page.text)
    assert "1 person loses one or more of these: Nora Barnacle" in page.text
    deleted = page.submit("delete-form", name="editor", reason="Over.")
    assert (deleted.status_code, deleted.location) == (303, "/roles")
    assert "Deleted the role editor." in deleted.follow().text
    assert session.scalars(select(Role).where(Role.name == "editor")).first() is None
    assert [one.action for one in events(session)] == ["role:deleted"] + ["role:unassigned"] * 2


def test_what_was_deleted_stays_among_the_recent_changes(sign_in, ada, role):
    browser = sign_in(ada)
    browser.submit(path_of(role("editor"), "/delete"), "delete-form", name="editor")

    page = browser.get("/")

    assert re.search(r"ada deleted editor", page.text)
    assert not [link for link in page.links if link.startswith("/roles/")]


@pytest.mark.parametrize("typed", ["", "edito", "viewer"])
def test_deleting_asks_for_the_name(sign_in, ada, role, typed):
    editor = role("editor")

    page = sign_in(ada).submit(path_of(editor, "/delete"), "delete-form", name=typed)

    assert page.status_code == 422
    assert "Type the name, editor, to confirm." in page.text
    assert role("editor").id == editor.id


def test_a_system_role_is_not_deleted(sign_in, ada, role):
    browser = sign_in(ada)

    page = browser.get(path_of(role("viewer"), "/delete"))

    assert "System roles cannot be deleted: the console relies on them." in page.text
    assert 'id="delete-form"' not in page.html
    refused = browser.post(path_of(role("viewer"), "/delete"), name="viewer")
    assert refused.status_code == 409
    assert "viewer is a system role. It cannot be deleted." in refused.text


def test_two_roles_are_compared(sign_in, iris, role):
    viewer, user = role("viewer"), role("user")

    page = sign_in(iris).submit("/roles/compare", a=str(viewer.id), b=str(user.id))

    assert re.search(r"Granted by both 1 document:read .* Only by viewer 0 No perm", page.text)
    assert re.search(r"Only by user 2 document:create .* document:update", page.text)


def test_admin_has_everything_in_a_comparison(sign_in, iris, role):
    admin, user = role("admin"), role("user")

    page = sign_in(iris).get("/roles/compare", a=str(user.id), b=str(admin.id))

    assert "Only by user 0" in page.text


def test_without_two_roles_there_is_only_the_choice(sign_in, iris, role):
    browser = sign_in(iris)

    for query in ({}, {"a": str(role("user").id)}):
        page = browser.get("/roles/compare", **query)
        assert page.status_code == 200
        assert "Choose two roles" in page.text


@pytest.mark.parametrize("number", ["0", "x", "2147483647", "9" * 40, "-1", "٣"])
def test_a_role_that_is_none_is_not_compared(sign_in, iris, number):
    assert sign_in(iris).get("/roles/compare", a=number, b=number).status_code == 404


@pytest.mark.parametrize(
    ("beyond", "most"), [("", 7), ("/permissions", 4), ("/edit", 2), ("/delete", 11)]
)
def test_the_pages_take_as_many_statements_with_many_roles(
    sign_in, session, ada, role, statements, beyond, most
):
    editor = role("editor", "document:read")
    crowd(session, editor, 40)
    every = list(session.scalars(select(Permission)))
    session.add_all(Role(name=f"role{number}", permissions=every) for number in range(30))
    browser = sign_in(ada)

    with statements.at_most(most):
        assert browser.get(path_of(editor, beyond)).status_code == 200
