"""The matrix is changed in place: ticked, reviewed, saved."""

import gzip
import re

import pytest
from sqlalchemy import insert, select

from app.domain import grants
from app.models import AuditEvent, Permission, Role, User, role_permissions, user_roles
from tests.contents import events

HIDDEN = re.compile(r'name="(etag|base)" value="([^"]*)"')


@pytest.fixture
def editor(session):
    """A role that grants reading and writing documents."""
    codes = ["document:read", "document:update"]
    granted = list(session.scalars(select(Permission).where(Permission.code.in_(codes))))
    role = Role(name="editor", description="Writes.", permissions=granted)
    session.add(role)
    session.commit()
    return role


@pytest.fixture
def cell(session):
    """Names a box of the matrix: ``cell("editor", "document:read")``."""

    def cell(role, code):
        role_id = session.scalars(select(Role.id).where(Role.name == role)).one()
        permission = session.scalars(select(Permission.id).where(Permission.code == code)).one()
        return f"{role_id}:{permission}"

    return cell


def grants_of(session, name):
    session.expire_all()
    role = session.scalars(select(Role).where(Role.name == name)).one()
    return {permission.code for permission in role.permissions}


def ticked(page, *, plus=(), minus=()):
    """Tick and untick boxes of the page, and ask for the review."""
    now = [one for one in page.value("grants") if one not in minus]
    return page.submit("matrix", grants=[*now, *plus])


def test_each_box_shows_what_is_granted(sign_in, ada, editor, cell):
    page = sign_in(ada).get("/roles")

    assert cell("editor", "document:read") in page.value("grants")
    assert cell("editor", "document:delete") not in page.value("grants")
    assert (
        f'value="{cell("editor", "document:read")}" aria-label="editor grants document:read"'
        in (page.html)
    )


def test_the_column_of_admin_has_no_boxes(sign_in, ada, cell):
    page = sign_in(ada).get("/roles")

    assert "admin always grants audit:read" in page.html
    assert f'value="{cell("admin", "audit:read")}"' not in page.html


def test_the_review_names_who_gains_and_who_loses(sign_in, session, ada, person, editor, cell):
    person("nora", roles=["editor"], full_name="Nora Barnacle")
    person("olga", roles=["editor"], full_name="Olga Ladyzhenskaya", is_active=False)
    page = sign_in(ada).get("/roles")

    review = ticked(
        page,
        plus=[cell("editor", "document:delete")],
        minus=[cell("editor", "document:update"), cell("viewer", "document:read")],
    )

    assert review.status_code == 200
    assert "Review the permissions of 2 roles" in review.text
    assert re.search(r"editor 1 granted, 1 revoked", review.text)
    assert re.search(
        r"added\s*\+ document:delete Gained by 2 people: Nora Barnacle Olga", review.text
    )
    assert "Olga Ladyzhenskaya (inactive)" in review.text
    assert re.search(r"− document:update Lost by 2 people: Nora", review.text)
    assert re.search(r"− document:read Nobody loses by it", review.text)
    assert grants_of(session, "editor") == {"document:read", "document:update"}


def test_who_has_it_by_another_role_neither_gains_nor_loses(
    sign_in, session, ada, person, editor, cell
):
    person("nora", roles=["editor", "user"], full_name="Nora Barnacle")
    person("olga", roles=["editor"], full_name="Olga Ladyzhenskaya")
    page = sign_in(ada).get("/roles")

    review = ticked(
        page,
        plus=[cell("editor", "document:create")],
        minus=[cell("editor", "document:update")],
    )

    assert re.search(r"document:create Gained by 1 person: Olga Ladyzhenskaya", review.text)
    assert re.search(r"document:update Lost by 1 person: Olga Ladyzhenskaya", review.text)
    assert "Nora Barnacle" not in review.text


def test_of_many_people_the_first_twenty_are_named(sign_in, session, ada, editor, cell):
    crowd(session, editor, 33)
    page = sign_in(ada).get("/roles")

    review = ticked(page, plus=[cell("editor", "document:delete")])

    assert "Gained by 33 people:" in review.text
    assert len(re.findall(r"one-\d+", review.text)) == 20
    assert "and 13 more" in review.text


def test_beyond_ten_thousand_people_are_not_counted(sign_in, session, ada, editor, cell):
    crowd(session, editor, 10_001)
    page = sign_in(ada).get("/roles")

    review = ticked(page, plus=[cell("editor", "document:delete")])

    assert "Gained by more than 10,000 people:" in review.text


def crowd(session, role, number):
    rows = [
        {"username": f"one-{n}", "email": f"one-{n}@example.org", "password_hash": "x"}
        for n in range(number)
    ]
    session.execute(insert(User), rows)
    ids = session.scalars(select(User.id).where(User.username.startswith("one-")))
    session.execute(insert(user_roles), [{"user_id": n, "role_id": role.id} for n in ids])
    session.commit()


def test_names_are_for_those_who_may_see_users(sign_in, session, person, editor, cell):
    person("nora", roles=["editor"], full_name="Nora Barnacle")
    mona = person(
        "mona", permissions=["role:read", "role:update", "document:read", "document:update"]
    )
    page = sign_in(mona).get("/roles")

    review = ticked(page, minus=[cell("editor", "document:update")])

    assert "Lost by 1 person." in review.text
    assert "Nora" not in review.text
    assert "Names are shown to those who may see users." in review.text


def test_it_warns_when_only_administrators_would_be_left(
    sign_in, session, ada, person, editor, cell
):
    person("nora", roles=["editor"])
    page = sign_in(ada).get("/roles")
    minus = [cell("editor", "document:update"), cell("user", "document:create")]

    review = ticked(page, minus=minus)

    assert "Only administrators would be left" in review.text
    assert re.search(
        r"No active user without the role admin would hold document:update any more", review.text
    )
    person("olga", roles=["user"])
    assert "Only administrators would be left" not in ticked(page, minus=minus[:1]).text


def test_saving_is_one_save_with_a_reason(sign_in, session, ada, editor, cell):
    page = sign_in(ada).get("/roles")
    review = ticked(
        page,
        plus=[cell("editor", "document:delete"), cell("viewer", "settings:read")],
        minus=[cell("editor", "document:update")],
    )

    saved = review.submit("review-form", confirmed="1", reason=" New team. ")

    assert (saved.status_code, saved.location) == (303, "/roles")
    assert "Saved the permissions of viewer, editor." in saved.follow().text
    assert grants_of(session, "editor") == {"document:read", "document:delete"}
    assert grants_of(session, "viewer") == {"document:read", "settings:read"}
    found = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert {(one.action, one.target_name) for one in found} == {
        ("permission:granted", "editor"),
        ("permission:revoked", "editor"),
        ("permission:granted", "viewer"),
    }
    assert len({one.save_id for one in found}) == 1
    assert {one.reason for one in found} == {"New team."}


def test_what_was_granted_holds_at_once(sign_in, session, ada, person, editor, cell):
    nora = sign_in(person("nora", roles=["editor"]))
    assert nora.get("/settings").status_code == 403

    ticked(sign_in(ada).get("/roles"), plus=[cell("editor", "settings:read")]).submit(
        "review-form", confirmed="1"
    )

    assert nora.get("/settings").status_code == 200


def test_with_nothing_ticked_differently_there_is_nothing_to_save(sign_in, ada, editor):
    page = ticked(sign_in(ada).get("/roles"))

    assert (page.status_code, page.location) == (303, "/roles")
    assert "nothing was changed" in page.follow().text


def test_the_way_back_keeps_what_was_ticked(sign_in, session, ada, editor, cell):
    wanted, unwanted = cell("editor", "document:delete"), cell("editor", "document:update")
    review = ticked(sign_in(ada).get("/roles"), plus=[wanted], minus=[unwanted])

    page = review.submit("review-form", again="1", reason="New team.")

    assert page.status_code == 200
    assert wanted in page.value("grants")
    assert unwanted not in page.value("grants")
    assert re.search(rf'<td class="add"><label[^>]*><input[^>]*value="{wanted}"', page.html)
    assert re.search(rf'<td class="del"><label[^>]*><input[^>]*value="{unwanted}"', page.html)
    assert "1 role changed, not saved" in page.text
    again = page.submit("matrix")
    assert again.value("reason") == "New team."
    assert again.submit("review-form", confirmed="1").status_code == 303
    assert grants_of(session, "editor") == {"document:read", "document:delete"}


def test_who_comes_second_sees_both_and_where_they_started(
    sign_in, session, ada, person, editor, cell
):
    browser = sign_in(ada)
    review = ticked(browser.get("/roles"), plus=[cell("editor", "document:delete")])
    boris = sign_in(person("boris", roles=["admin"]))
    ticked(boris.get("/roles"), minus=[cell("editor", "document:update")]).submit(
        "review-form", confirmed="1"
    )

    conflict = review.submit("review-form", confirmed="1", reason="New team.")

    assert conflict.status_code == 409
    assert "The permissions of the role editor were changed by somebody else" in conflict.text
    assert re.search(
        r"editor document:delete not granted not granted granted "
        r"editor document:update granted not granted granted",
        conflict.text,
    )
    assert grants_of(session, "editor") == {"document:read"}
    again = conflict.submit("conflict-form")
    assert again.value("reason") == "New team."
    assert "2 granted, 0 revoked" in again.text
    assert again.submit("review-form", confirmed="1").status_code == 303
    assert grants_of(session, "editor") == {"document:read", "document:update", "document:delete"}


def test_a_stale_review_is_told_before_it_is_shown(sign_in, session, ada, editor, cell):
    page = sign_in(ada).get("/roles")
    editor.permissions = []
    session.commit()

    conflict = ticked(page, plus=[cell("editor", "document:delete")])

    assert conflict.status_code == 409
    back = conflict.submit("conflict-form", again="1")
    assert cell("editor", "document:update") in back.value("grants")


def test_two_people_who_change_different_roles_do_not_collide(
    sign_in, session, ada, person, editor, cell
):
    review = ticked(sign_in(ada).get("/roles"), plus=[cell("editor", "document:delete")])
    boris = sign_in(person("boris", roles=["admin"]))
    ticked(boris.get("/roles"), plus=[cell("viewer", "settings:read")]).submit(
        "review-form", confirmed="1"
    )

    assert review.submit("review-form", confirmed="1").status_code == 303
    assert "settings:read" in grants_of(session, "viewer")
    assert "document:delete" in grants_of(session, "editor")


def test_one_refusal_refuses_all(sign_in, session, person, editor, cell):
    mona = person(
        "mona",
        permissions=["role:read", "role:update", "document:read", "document:update"],
    )
    browser = sign_in(mona)
    page = browser.get("/roles")
    fields = HIDDEN.findall(page.html)
    granted = [*page.value("grants"), cell("viewer", "document:update")]

    for extra in ({}, {"confirmed": "1"}):
        refused = browser.post(
            "/roles/review",
            grants=[*granted, cell("editor", "settings:read")],
            etag=[value for name, value in fields if name == "etag"],
            base=[value for name, value in fields if name == "base"],
            **extra,
        )
        assert refused.status_code == 403
        assert "You do not hold settings:read, so you cannot grant it." in refused.text
        assert cell("editor", "settings:read") in refused.value("grants")
    assert grants_of(session, "viewer") == {"document:read"}
    assert [event.action for event in events(session)] == ["change:refused"] * 2


def test_the_role_admin_is_not_changed(sign_in, session, ada, cell):
    browser = sign_in(ada)

    role = cell("admin", "audit:read").partition(":")[0]
    granted = select(role_permissions.c.permission_id)
    ids = session.scalars(granted.where(role_permissions.c.role_id == int(role))).all()

    page = browser.post(
        "/roles/review",
        grants=[cell("admin", "audit:read")],
        base=[f"{role}:"],
        etag=[f"{role}:{grants.etag_of(ids)}"],
        confirmed="1",
    )

    assert page.status_code == 409
    assert "The role admin grants every permission, always." in page.text


def test_a_role_that_goes_meanwhile_is_said(sign_in, session, ada, editor, cell):
    page = sign_in(ada).get("/roles")
    plus = [cell("editor", "document:delete")]
    session.delete(editor)
    session.commit()

    refused = ticked(page, plus=plus)

    assert refused.status_code == 422
    assert "One of the roles does not exist any more." in refused.text


def test_a_permission_that_goes_meanwhile_is_said(sign_in, session, ada, editor):
    gone = Permission(code="report:print", resource="report", action="print")
    session.add(gone)
    session.commit()
    page = sign_in(ada).get("/roles")
    box = f"{editor.id}:{gone.id}"
    session.delete(gone)
    session.commit()

    refused = ticked(page, plus=[box])

    assert refused.status_code == 422
    assert "One of the permissions does not exist any more." in refused.text


def test_without_a_form_there_is_nothing_to_review(sign_in, ada):
    page = sign_in(ada).get("/roles/review")

    assert page.status_code == 200
    assert "There is nothing to review" in page.text


def test_who_may_only_look_gets_no_boxes(sign_in, person):
    page = sign_in(person("iris", permissions=["role:read"])).get("/roles")

    assert page.status_code == 200
    assert "Changing it needs the permission role:update" in page.text
    assert 'name="grants"' not in page.html
    assert "New role" not in page.text


HOSTILE = [
    {"grants": ["x"]},
    {"grants": ["1"]},
    {"grants": ["1:x"]},
    {"grants": ["0:1"]},
    {"grants": ["99999999999:1"]},
    {"grants": ["2147483648:1"]},
    {"grants": ["٣:1"]},
    {"grants": ["2147483647:2147483647"]},
    {"grants": [f"{number}:1" for number in range(1, 1500)]},
    {"base": ["x:1"]},
    {"base": ["2:1,x"]},
    {"base": ["2:" + "9" * 5000]},
    {"etag": ["x"], "base": ["2:1"]},
    {"etag": ["2:\0"], "base": ["2:1"]},
    {"base": ["2:1"], "reason": "x" * 501},
]


@pytest.mark.parametrize("confirmed", [None, "1"])
@pytest.mark.parametrize("fields", HOSTILE, ids=range(len(HOSTILE)))
def test_what_no_form_sends_changes_nothing(sign_in, session, ada, fields, confirmed):
    before = grants_of(session, "user")

    page = sign_in(ada).post("/roles/review", **fields, confirmed=confirmed)

    assert page.status_code in {409, 422}
    assert grants_of(session, "user") == before


@pytest.fixture
def large(session):
    """50 roles and 200 permissions."""
    have = len(list(session.scalars(select(Permission.id))))
    more = [
        {
            "code": f"area{n % 20}:action{n}",
            "resource": f"area{n % 20}",
            "action": f"action{n}",
            "description": f"Lets people do the thing {n} with the area {n % 20}.",
        }
        for n in range(200 - have)
    ]
    session.execute(insert(Permission), more)
    session.execute(insert(Role), [{"name": f"department {n}"} for n in range(47)])
    permissions = list(session.scalars(select(Permission.id)))
    rows = [
        {"role_id": role, "permission_id": permission}
        for role in session.scalars(select(Role.id).where(Role.name.startswith("department")))
        for permission in permissions
        if (role * 7 + permission * 3) % 5
    ]
    session.execute(insert(role_permissions), rows)
    session.commit()


def test_a_large_matrix_is_light_and_takes_four_statements(
    sign_in, ada, large, statements, record_property
):
    browser = sign_in(ada)

    with statements.at_most(4):
        page = browser.get("/roles")

    assert len(re.findall(r'type="checkbox"', page.html)) == 49 * 200
    size = len(gzip.compress(page.html.encode(), 6))
    record_property("figure", f"A matrix of 50 x 200 takes {size / 1024:.0f} KB gzip")
    assert size <= 250 * 1024


def test_a_large_matrix_can_be_sent(sign_in, session, ada, large, statements):
    browser = sign_in(ada)
    page = browser.get("/roles")
    boxes = page.value("grants")

    with statements.at_most(12):
        review = page.submit("matrix", grants=boxes[1:-1])
    saved = review.submit("review-form", confirmed="1")

    assert saved.status_code == 303
    kept = session.scalars(select(role_permissions.c.role_id))
    assert len(list(kept)) - len(boxes) + 2 >= 0


def test_every_box_of_a_large_matrix_can_be_changed_at_once(sign_in, session, ada, large):
    page = sign_in(ada).get("/roles")
    review = page.submit("matrix", grants=[])

    assert "Review the permissions of" in review.text
    assert review.submit("review-form", confirmed="1").status_code == 303
    assert grants_of(session, "user") == set()
