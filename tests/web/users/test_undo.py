"""Undoing assignments and activations, from a line of the history."""

import pytest
from sqlalchemy import delete, select

from app.domain import roles, users
from app.domain.access import PermissionSet
from app.domain.roles import RoleEdit
from app.domain.users import BulkAction, BulkEdit, Selection, WantedRoles
from app.models import Permission, Role
from app.unit_of_work import carry_out
from tests.support.assigning import names_of, set_roles
from tests.support.contents import events, recorded
from tests.support.people import acting
from tests.support.statements import counted


def change_many(session, by, action, people, role=""):
    selection = Selection(frozenset(user.id for user in people))
    edit = BulkEdit(action, selection, role)
    plan = carry_out(lambda: users.review_many(session, edit, actor=acting(by)), actor=acting(by))
    edit = BulkEdit(action, selection, role, plan.etag, plan.count)
    carry_out(lambda: users.change_many(session, edit, actor=acting(by)), actor=acting(by))


def assign_wanted(session, by, wanted):
    all_of_them = PermissionSet(frozenset(), is_all=True)
    granted = dict.fromkeys(("viewer", "user"), all_of_them)
    plan = users.plan_wanted(session, wanted, granted, all_of_them, actor=acting(by))
    carry_out(lambda: users.save_wanted(session, plan, "", actor=acting(by)), actor=acting(by))
    session.expire_all()


def add_role(session, name):
    role = Role(name=name)
    session.add(role)
    session.commit()
    return role


def rename(session, role, name, by):
    edit = RoleEdit(name, "", roles.etag_of(role))
    role_id = role.id
    carry_out(lambda: roles.change(session, role_id, edit, actor=acting(by)), actor=acting(by))
    session.expire_all()


def newest(session):
    return f"/users/undo/{recorded(session)[0].id}"


def test_the_roles_of_a_user_are_taken_back_in_two_clicks(sign_in, ada, vera, session):
    set_roles(session, vera, "user", by=ada, reason="New team.")
    browser = sign_in(ada)
    undone = recorded(session)[0].id

    page = browser.get(browser.get(f"/users/{vera.id}").link("Undo… removed a role from vera"))
    assert "New team." in page.text
    assert "viewer will be assigned" in page.text
    assert "user will be removed" in page.text
    done = page.submit("undo-form", reason="Wrong person.", confirmed="1")

    assert done.location == f"/users/{vera.id}"
    assert names_of(vera) == {"viewer"}
    back = events(session)[2:]
    assert {(event.action, event.reason) for event in back} == {
        ("role:assigned", "Wrong person."),
        ("role:unassigned", "Wrong person."),
    }
    assert {event.after["undoes"] for event in back} == {undone}
    assert f"undoing entry {undone}" in done.follow().text


def test_a_role_of_many_users_is_taken_back_from_the_audit_log(sign_in, ada, person, session):
    people = [person(name) for name in ("tina", "theo", "tara")]
    change_many(session, ada, BulkAction.ASSIGN, people, "viewer")
    session.expire_all()
    set_roles(session, people[0], by=ada)
    browser = sign_in(ada)

    page = browser.get(
        browser.get("/audit?action=role:assigned").link("Undo… assigned a role to tara")
    )
    assert "Remove the role viewer from 2 users" in page.text
    assert "tina Has been removed since" in page.text
    done = page.submit("undo-form", confirmed="1").follow()

    assert "Removed the role viewer from 2 users" in done.text
    assert [names_of(user) for user in people] == [set()] * 3


@pytest.mark.parametrize("was_active", [True, False])
def test_an_activation_and_a_deactivation_are_taken_back(sign_in, ada, person, session, was_active):
    ida = person("ida", roles=["viewer"], is_active=was_active)
    change = users.deactivate if was_active else users.activate
    carry_out(lambda: change(session, ida.id, actor=acting(ada)), actor=acting(ada))

    page = sign_in(ada).get(newest(session))
    page.submit("undo-form", confirmed="1")

    assert ida.is_active == was_active


def test_what_has_changed_since_is_named_and_left_alone(sign_in, ada, vera, session):
    set_roles(session, vera, "user", by=ada)
    path = newest(session)
    set_roles(session, vera, "user", "viewer", by=ada)

    page = sign_in(ada).get(path)
    assert "viewer Has been assigned again" in page.text
    page.submit("undo-form", confirmed="1")

    assert names_of(vera) == {"viewer"}


@pytest.mark.only_on("sqlite")
def test_what_changes_after_the_review_is_shown_before_anything_is_undone(
    sign_in, ada, vera, session
):
    set_roles(session, vera, "user", by=ada)
    page = sign_in(ada).get(newest(session))
    set_roles(session, vera, "user", "viewer", by=ada)

    answer = page.submit("undo-form", reason="Kept.", confirmed="1")

    assert answer.status_code == 409
    assert "The effects of this change differ" in answer.text
    assert answer.value("reason") == "Kept."
    assert names_of(vera) == {"user", "viewer"}


@pytest.mark.only_on("sqlite")
def test_an_undone_change_is_not_undone_again(sign_in, ada, vera, session):
    set_roles(session, vera, "user", by=ada)
    path, browser = newest(session), sign_in(ada)
    page = browser.get(path)
    page.submit("undo-form", confirmed="1")

    assert "Nothing to undo" in browser.get(path).text
    assert page.submit("undo-form", confirmed="1").status_code == 409
    assert len(events(session)) == 4


@pytest.mark.only_on("sqlite")
def test_a_role_that_was_created_anew_is_not_the_one_of_the_event(sign_in, ada, vera, session):
    set_roles(session, vera, by=ada)
    path = newest(session)
    session.execute(delete(Role).where(Role.name == "viewer"))
    session.add(Role(name="viewer"))
    session.commit()

    assert "viewer No longer exists" in sign_in(ada).get(path).text
    assert sign_in(ada).post(path, confirmed="1").status_code == 409
    assert names_of(vera) == set()


@pytest.fixture
def writing(session, ada, omar):
    """The role writing, which Omar had; how to delete it as a page does."""
    permission = session.scalars(select(Permission).where(Permission.code == "document:read")).one()
    session.add(role := Role(name="writing", permissions=[permission]))
    session.commit()
    set_roles(session, omar, "writing", by=ada)
    return role


def delete_role(browser, role):
    path = f"/roles/{role.id}/delete"
    assert browser.get(path).submit("delete-form", name=role.name).status_code == 303


def test_a_role_that_was_deleted_since_is_restored_first(sign_in, ada, omar, writing, session):
    set_roles(session, omar, by=ada)
    browser, path = sign_in(ada), newest(session)
    delete_role(browser, writing)
    deletion = recorded(session)[0].id

    page = browser.get(path)
    sentence = f"Was deleted in entry {deletion}. Restore the role first, then undo this"
    assert f"writing {sentence}" in page.text
    browser.get(page.link("Restore… the role writing")).submit("restore-form", confirmed="1")
    browser.get(path).submit("undo-form", confirmed="1")

    assert names_of(omar) == {"writing"}


def test_a_removal_by_the_deletion_of_a_role_leads_to_its_restoration(
    sign_in, ada, omar, writing, session
):
    browser = sign_in(ada)
    delete_role(browser, writing)
    removal, deletion = recorded(session)[:2]
    assert (removal.action, deletion.action) == ("role:unassigned", "role:deleted")

    page = browser.get(f"/users/undo/{removal.id}")
    assert page.link("Restore… the role writing") == f"/roles/restore/{deletion.id}"
    browser.get(f"/roles/restore/{deletion.id}").submit("restore-form", confirmed="1")

    assert names_of(omar) == {"writing"}
    assert "writing Has been assigned again" in browser.get(f"/users/undo/{removal.id}").text


def test_who_may_not_restore_roles_is_told_without_a_link(
    sign_in, ada, omar, writing, session, person
):
    set_roles(session, omar, by=ada)
    path = newest(session)
    delete_role(sign_in(ada), writing)
    helper = person("hedi", permissions=["user:read", "role:assign", "role:read", "document:read"])

    page = sign_in(helper).get(path)

    assert "Restore the role first" in page.text
    assert not any("/roles/restore/" in link for link in page.links)


@pytest.mark.only_on("sqlite")
def test_nobody_gets_back_by_undo_what_the_actor_may_not_assign(sign_in, ada, person, session):
    omid = person("omid", roles=["admin"])
    set_roles(session, omid, by=ada)
    path = newest(session)
    hugo = person("hugo", permissions=["user:read", "role:assign", "audit:read"])

    page = sign_in(hugo).get(path)
    answer = sign_in(hugo).post(path, confirmed="1")

    assert (page.status_code, answer.status_code) == (403, 403)
    assert "The role admin grants permissions that you do not have." in page.text
    assert names_of(omid) == set()


@pytest.mark.only_on("sqlite")
def test_who_sees_no_history_of_an_event_does_not_undo_it(sign_in, ada, vera, person, session):
    carry_out(lambda: users.deactivate(session, vera.id, actor=acting(ada)), actor=acting(ada))
    helper = person("hedi", permissions=["user:read", "user:update", "role:assign"])

    assert sign_in(helper).get(newest(session)).status_code == 404


@pytest.mark.only_on("sqlite")
def test_the_review_takes_as_many_statements_for_fifty_users(sign_in, ada, person, session):
    people = [person(f"crowd{number:02}") for number in range(50)]
    browser = sign_in(ada)
    counts = []
    for some in (people[:2], people[2:]):
        change_many(session, ada, BulkAction.ASSIGN, some, "viewer")
        path = newest(session)
        with counted() as statements:
            assert browser.get(path).status_code == 200
        counts.append(len(statements.seen))

    assert counts[0] == counts[1] <= 16


@pytest.fixture
def left(session, ada, person):
    """A user with two roles who was offboarded."""
    lena = person("lena", roles=["viewer", "user"], full_name="Lena Lorenz")
    lena_id = lena.id
    carry_out(lambda: users.offboard(session, lena_id, actor=acting(ada)), actor=acting(ada))
    session.expire_all()
    return lena


def test_offboarding_is_undone_whole_in_two_clicks(sign_in, ada, left, session):
    browser = sign_in(ada)

    page = browser.get(browser.get("/audit").link("Undo… deactivated lena"))
    assert "Undo the changes to Lena Lorenz?" in page.text
    assert "The account will be active" in page.text
    assert "viewer will be assigned" in page.text
    assert "document:read" in page.text
    done = page.submit("undo-form", reason="Came back.", confirmed="1")

    assert "Undid the changes to Lena Lorenz." in done.follow().text
    assert (left.is_active, names_of(left)) == (True, {"viewer", "user"})
    back = recorded(session)[:3]
    assert {event.action for event in back} == {"role:assigned", "user:activated"}
    assert len({event.save_id for event in back}) == 1


def test_each_event_of_an_offboarding_undoes_all_of_it(sign_in, ada, left, session):
    of_role = next(one for one in recorded(session) if one.action == "role:unassigned")

    sign_in(ada).get(f"/users/undo/{of_role.id}").submit("undo-form", confirmed="1")

    assert (left.is_active, names_of(left)) == (True, {"viewer", "user"})


def test_what_of_an_offboarding_no_longer_stands_is_left_out(sign_in, ada, left, session):
    set_roles(session, left, "viewer", by=ada)
    event = next(one for one in recorded(session) if one.action == "user:deactivated")

    page = sign_in(ada).get(f"/users/undo/{event.id}")
    assert "viewer Has been assigned again" in page.text
    page.submit("undo-form", confirmed="1")

    assert (left.is_active, names_of(left)) == (True, {"viewer", "user"})


def test_what_the_actor_may_not_give_back_is_left_out_by_name(sign_in, left, person, session):
    codes = ["user:read", "user:update", "role:assign", "audit:read"]
    hugo = person("hugo", permissions=[*codes, "document:read"], roles=["user"])
    session.delete(session.scalars(select(Role).where(Role.name == "viewer")).one())
    session.commit()

    page = sign_in(hugo).get(newest(session))

    assert "viewer No longer exists" in page.text
    page.submit("undo-form", confirmed="1")
    assert (left.is_active, names_of(left)) == (True, {"user"})


def test_who_may_not_assign_roles_lets_a_user_in_again_without_them(sign_in, left, person, session):
    uwe = person("uwe", permissions=["user:read", "user:update", "audit:read"])
    event = next(one for one in recorded(session) if one.action == "user:deactivated")

    page = sign_in(uwe).get(f"/users/undo/{event.id}")
    assert "You need the permission role:assign for this." in page.text
    page.submit("undo-form", confirmed="1")

    assert (left.is_active, names_of(left)) == (True, set())


def test_different_roles_of_several_users_are_given_back_together(sign_in, ada, person, session):
    tina, theo = person("tina", roles=["viewer"]), person("theo", roles=["user"])
    wanted = [WantedRoles("tina", frozenset({"user"})), WantedRoles("theo", frozenset())]
    assign_wanted(session, ada, wanted)

    page = sign_in(ada).get(newest(session))
    assert "Undo the changes to 2 users?" in page.text
    assert "The role viewer will be assigned" in page.text
    done = page.submit("undo-form", confirmed="1")

    assert "Undid the changes to 2 users." in done.follow().text
    assert (names_of(tina), names_of(theo)) == ({"viewer"}, {"user"})


def test_a_role_that_was_renamed_since_is_taken_back(sign_in, ada, omar, session):
    press = add_role(session, "press team")
    set_roles(session, omar, "press team", by=ada)
    path = newest(session)
    for name in ("media team", "press"):
        rename(session, press, name, by=ada)

    page = sign_in(ada).get(path)
    assert "press will be removed" in page.text
    page.submit("undo-form", confirmed="1")

    assert names_of(omar) == set()


def test_another_role_with_the_name_of_a_renamed_one_is_not_taken(sign_in, ada, omar, session):
    press = add_role(session, "press team")
    other = add_role(session, "newcomers")
    set_roles(session, omar, "press team", by=ada)
    path = newest(session)
    rename(session, press, "press", by=ada)
    rename(session, other, "press team", by=ada)
    set_roles(session, omar, "press", "press team", by=ada)

    sign_in(ada).get(path).submit("undo-form", confirmed="1")

    assert names_of(omar) == {"press team"}


def test_a_user_who_was_renamed_since_is_found(sign_in, ada, vera, session):
    set_roles(session, vera, "user", by=ada)
    path = newest(session)
    vera.username, vera.full_name = "verena", None
    session.commit()

    page = sign_in(ada).get(path)
    done = page.submit("undo-form", confirmed="1")

    assert "Undid the changes to the roles of verena." in done.follow().text
    assert names_of(vera) == {"viewer"}
