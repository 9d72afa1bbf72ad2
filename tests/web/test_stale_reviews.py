"""Reviews that are out of date at the save: nothing is saved, and the differences are named."""

import pytest
from sqlalchemy import delete, insert, select

from app.models import Permission, Role, User, role_permissions, user_roles
from tests.support.contents import digests
from tests.support.roles import crowd, permissions


@pytest.fixture
def ids(session):
    """Ids of users, roles and permissions by their names, as other programs see them."""

    def ids(*names):
        session.commit()
        tables = (User.username, Role.name, Permission.code)
        found = {name: row_id for column in tables for name, row_id in _by_name(session, column)}
        return [found[name] for name in names]

    return ids


def _by_name(session, column):
    return [tuple(row) for row in session.execute(select(column, column.class_.id))]


@pytest.fixture
def grant(session, ids):
    """Grants a permission to a role, as another program does it."""

    def grant(role, code):
        role_id, permission_id = ids(role, code)
        row = {"role_id": role_id, "permission_id": permission_id}
        session.execute(insert(role_permissions), row)
        session.commit()

    return grant


@pytest.fixture
def join(session, ids):
    """Assigns a role to a user, as another program does it."""

    def join(name, role):
        user_id, role_id = ids(name, role)
        session.execute(insert(user_roles), {"user_id": user_id, "role_id": role_id})
        session.commit()

    return join


@pytest.fixture
def leave(session, ids):
    """Removes a role from a user, as another program does it."""

    def leave(name, role):
        user_id, role_id = ids(name, role)
        row = (user_roles.c.user_id == user_id) & (user_roles.c.role_id == role_id)
        session.execute(delete(user_roles).where(row))
        session.commit()

    return leave


@pytest.fixture
def refused(session):
    """Saves a review that is out of date: nothing is saved, and it comes again."""

    def refused(review, form, *texts, **fields):
        session.rollback()
        before = digests(session.get_bind())
        session.rollback()
        again = review.submit(form, **fields)
        assert again.status_code == 409
        assert "differ from what you reviewed" in again.text or "you reviewed it" in again.text
        assert "Nothing was saved" in again.text
        for text in texts:
            assert text in again.text
        assert digests(session.get_bind()) == before
        session.rollback()
        return again

    return refused


def test_a_role_that_grants_more_is_reviewed_again(
    sign_in, session, ada, omar, ids, grant, refused
):
    [viewer] = ids("viewer")
    review = sign_in(ada).submit(f"/users/{omar.id}/roles", "roles-form", roles=[str(viewer)])
    grant("viewer", "document:delete")

    again = refused(review, "review-form", "Permissions gained: added + document:delete")

    assert "(1 before, 2 now)" in again.text
    assert again.submit("review-form").status_code == 303
    session.expire_all()
    assert session.get(User, omar.id).has_role("viewer")


@pytest.mark.parametrize("page_of", ["role", "matrix"])
def test_somebody_who_gets_the_role_meanwhile_is_named(
    sign_in, ada, vera, omar, ids, join, refused, page_of
):
    viewer, right = ids("viewer", "document:delete")
    browser = sign_in(ada)
    if page_of == "role":
        page = browser.get(f"/roles/{viewer}/permissions")
        held = page.value("permissions")
        review = page.submit("permissions-form", permissions=[*held, str(right)])
    else:
        page = browser.get("/roles")
        review = page.submit("matrix", grants=[*page.value("grants"), f"{viewer}:{right}"])
    join("omar", "viewer")

    again = refused(review, "review-form", "Users who gain access by viewer: added + Omar Khayyam")

    assert again.submit("review-form").status_code == 303


def test_one_who_comes_and_one_who_goes_beyond_the_named_are_noticed(
    sign_in, session, ada, ids, join, leave, refused
):
    viewer, right = ids("viewer", "document:delete")
    crowd(session, session.get(Role, viewer), 40)
    leave("one-031", "viewer")
    page = sign_in(ada).get(f"/roles/{viewer}/permissions")
    review = page.submit("permissions-form", permissions=[*page.value("permissions"), str(right)])
    leave("one-035", "viewer")
    join("one-031", "viewer")

    refused(review, "review-form", "other people than before are affected")


def test_access_by_another_role_meanwhile_is_noticed(
    sign_in, ada, vera, ids, grant, join, refused, person
):
    person("hedda", permissions=["document:delete"])
    viewer, right = ids("viewer", "document:delete")
    page = sign_in(ada).get(f"/roles/{viewer}/permissions")
    review = page.submit("permissions-form", permissions=[*page.value("permissions"), str(right)])
    join("vera", "only hedda")

    refused(review, "review-form", "Users who gain access by viewer: removed − Vera Rubin")


def test_who_may_not_see_names_is_told_numbers(sign_in, person, omar, ids, join, refused):
    hedda = person("hedda", permissions=["role:read", "role:update", "document:read"])
    viewer, right = ids("viewer", "role:read")
    page = sign_in(hedda).get(f"/roles/{viewer}/permissions")
    review = page.submit("permissions-form", permissions=[*page.value("permissions"), str(right)])
    join("omar", "viewer")

    again = refused(review, "review-form", "by viewer: (0 before, 1 now)")

    assert "Omar" not in again.text


@pytest.mark.parametrize("action", ["assign", "unassign", "activate", "deactivate"])
def test_a_bulk_change_of_a_role_that_grants_more_is_reviewed_again(
    sign_in, session, ada, vera, omar, person, grant, refused, action
):
    people = [person("nora", roles=["viewer"], is_active=action != "activate"), vera, omar]
    fields = {"with_role": "viewer"} if action.endswith("assign") else {}
    chosen = [str(user.id) for user in people]
    review = sign_in(ada).submit("/users", "ticked", users=chosen, action=action, **fields)
    grant("viewer", "document:delete")

    again = refused(
        review, "bulk-form", "Permissions: added + document:delete", confirmed="1", reason="Why."
    )

    assert again.value("reason") == "Why."
    assert again.submit("bulk-form", confirmed="1").status_code == 200


def test_a_bulk_change_of_others_than_were_named_is_reviewed_again(
    sign_in, ada, vera, omar, person, join, refused
):
    chosen = [str(vera.id), str(omar.id)]
    review = sign_in(ada).submit(
        "/users", "ticked", users=chosen, action="unassign", with_role="viewer"
    )
    join("omar", "viewer")

    refused(
        review,
        "bulk-form",
        "Users to be changed: added + Omar Khayyam (1 before, 2 now)",
        confirmed="1",
    )


@pytest.mark.parametrize("who", ["somebody who loses it", "somebody who keeps it"])
def test_a_role_that_gets_a_member_is_not_deleted(
    sign_in, session, ada, omar, person, join, refused, who
):
    person("nora", permissions=["document:delete"])
    team = Role(name="team", permissions=permissions(session, "document:delete"))
    session.add(team)
    session.commit()
    page = sign_in(ada).get(f"/roles/{team.id}/delete")
    loses = who == "somebody who loses it"
    join("omar" if loses else "nora", "team")

    expected = (
        "Users who lose access by team: added + Omar Khayyam"
        if loses
        else "Members: (0 before, 1 now)"
    )
    again = refused(page, "delete-form", expected, name="team")

    assert again.submit("delete-form", name="team").status_code == 303


@pytest.mark.parametrize("page_of", ["activate", "deactivate", "reset", "delete"])
def test_a_user_with_other_permissions_than_were_shown_stays(
    sign_in, session, ada, person, grant, refused, page_of
):
    nora = person("nora", roles=["viewer"], is_active=page_of != "activate")
    page = sign_in(ada).get(f"/users/{nora.id}/{page_of}")
    grant("viewer", "user:delete")
    fields = {"username": "nora"} if page_of == "delete" else {"reason": "Why."}

    again = refused(page, None, "Their permissions: added + user:delete", **fields)

    assert again.submit(**fields).status_code in {201, 303}


def test_another_user_who_was_given_the_id_is_not_meant(sign_in, session, ada, omar, ids, refused):
    [viewer] = ids("viewer")
    review = sign_in(ada).submit(f"/users/{omar.id}/roles", "roles-form", roles=[str(viewer)])
    user = session.get(User, omar.id)
    user.username, user.email = "olga", "olga@example.org"
    session.commit()

    refused(review, "review-form", "Names have changed")


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("reviewed", ["", "x", "0 gained=9:1,2,", "\0", "x" * 70_000], ids=range(5))
def test_what_no_review_sends_is_reviewed(sign_in, session, ada, omar, ids, reviewed):
    [viewer] = ids("viewer")
    review = sign_in(ada).submit(f"/users/{omar.id}/roles", "roles-form", roles=[str(viewer)])
    fields = {name: review.value(name) for name in ("roles", "etag")}

    again = review.browser.post(
        f"/users/{omar.id}/roles", **fields, reviewed=reviewed, confirmed="1"
    )

    assert again.status_code == 409
    assert "Nothing was saved" in again.text
