"""The review of changed grants, and saving them."""

import re

import pytest
from sqlalchemy import select

from app.domain import roles
from app.models import AuditEvent, Permission, Role, role_permissions
from tests.support.contents import events
from tests.support.plans import gather_statistics
from tests.support.roles import codes_of, crowd, permissions

HIDDEN = re.compile(r'name="(etag|base)" value="([^"]*)"')


def grants_of(session, name):
    session.expire_all()
    role = session.scalars(select(Role).where(Role.name == name)).one()
    return {permission.code for permission in role.permissions}


def ticked(page, *, plus=(), minus=()):
    """Tick and untick boxes of the page, and ask for the review."""
    now = [one for one in page.value("grants") if one not in minus]
    return page.submit("matrix", grants=[*now, *plus])


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
    {"base": ["2:1"], "shown": "1,x"},
    {"base": ["2:1"], "shown": "x"},
    {"base": ["2:1"], "shown": "0"},
    {"base": ["2:1"], "shown": "1" * 5000},
    {"base": ["2:1"], "shown": ["1", "99999999999"]},
    {"base": ["2:1"], "shown": "1", "etag": ["2:x"], "q": "\0", "differ": "x"},
]


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
        r"added\s*\+ document:delete 2 people gain it: Nora Barnacle Olga", review.text
    )
    assert "Olga Ladyzhenskaya (inactive)" in review.text
    assert re.search(r"− document:update 2 people lose it: Nora", review.text)
    assert re.search(r"− document:read Nobody loses access", review.text)
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

    assert re.search(r"document:create 1 person gains it: Olga Ladyzhenskaya", review.text)
    assert re.search(r"document:update 1 person loses it: Olga Ladyzhenskaya", review.text)
    assert "Nora Barnacle" not in review.text


def test_of_many_people_the_first_twenty_are_named(sign_in, session, ada, editor, cell):
    crowd(session, editor, 33)
    page = sign_in(ada).get("/roles")

    review = ticked(page, plus=[cell("editor", "document:delete")])

    assert "33 people gain it:" in review.text
    assert len(re.findall(r"one-\d+", review.text)) == 20
    assert "and 13 more" in review.text


def test_beyond_ten_thousand_people_are_not_counted(sign_in, session, ada, editor, cell):
    crowd(session, editor, 10_001)
    # Plans without statistics are slow, until the server gathers them by itself.
    gather_statistics(session)
    page = sign_in(ada).get("/roles")

    review = ticked(page, plus=[cell("editor", "document:delete")])

    assert "over 10,000 people gain it:" in review.text


def test_names_are_for_those_who_may_see_users(sign_in, session, person, editor, cell):
    person("nora", roles=["editor"], full_name="Nora Barnacle")
    mona = person(
        "mona", permissions=["role:read", "role:update", "document:read", "document:update"]
    )
    page = sign_in(mona).get("/roles")

    review = ticked(page, minus=[cell("editor", "document:update")])

    assert "1 person loses it." in review.text
    assert "Nora" not in review.text
    assert "You need the permission user:read to see names." in review.text


def test_it_warns_when_only_administrators_would_be_left(
    sign_in, session, ada, person, editor, cell
):
    person("nora", roles=["editor"])
    page = sign_in(ada).get("/roles")
    minus = [cell("editor", "document:update"), cell("user", "document:create")]

    review = ticked(page, minus=minus)

    assert "Only administrators would be left" in review.text
    assert re.search(
        r"No active user without the role admin would have document:update", review.text
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
    assert "Saved the permissions of viewer and editor." in saved.follow().text
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
    assert "No changes to review." in page.follow().text


def test_the_way_back_keeps_what_was_ticked(sign_in, session, ada, editor, cell):
    wanted, unwanted = cell("editor", "document:delete"), cell("editor", "document:update")
    review = ticked(sign_in(ada).get("/roles"), plus=[wanted], minus=[unwanted])

    page = review.submit("review-form", again="1", reason="New team.")

    assert page.status_code == 200
    assert wanted in page.value("grants")
    assert unwanted not in page.value("grants")
    assert re.search(rf'<td class="added"><label[^>]*><input[^>]*value="{wanted}"', page.html)
    assert re.search(rf'<td class="removed"><label[^>]*><input[^>]*value="{unwanted}"', page.html)
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
    assert "boris changed the permissions of editor just now" in conflict.text
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
        assert "You do not have settings:read, so you cannot grant it." in refused.text
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
        etag=[f"{role}:{roles.grants_etag(ids)}"],
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
    assert "One of the roles does not exist." in refused.text


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
    assert "One of the permissions does not exist." in refused.text


def test_without_a_form_there_is_nothing_to_review(sign_in, ada):
    page = sign_in(ada).get("/roles/review")

    assert page.status_code == 200
    assert "Nothing to review" in page.text


def test_what_the_filter_hides_stays_as_it_is(sign_in, session, ada, editor, cell):
    page = sign_in(ada).get("/roles", resource="settings")
    assert "What is not shown stays as it is." in page.text

    review = ticked(page, plus=[cell("editor", "settings:read"), cell("viewer", "settings:read")])
    assert "editor 1 granted, 0 revoked" in review.text
    saved = review.submit("review-form", confirmed="1")

    assert (saved.status_code, saved.location) == (303, "/roles?resource=settings")
    assert codes_of(saved.follow())[0] == "settings:create"
    assert grants_of(session, "editor") == {"document:read", "document:update", "settings:read"}
    assert grants_of(session, "viewer") == {"document:read", "settings:read"}
    assert grants_of(session, "user") == {"document:create", "document:read", "document:update"}


def test_what_the_filter_shows_can_be_revoked_to_the_last(sign_in, session, ada, editor, cell):
    page = sign_in(ada).get("/roles", q="document:update")

    review = ticked(
        page, minus=[cell("editor", "document:update"), cell("user", "document:update")]
    )
    review.submit("review-form", confirmed="1")

    assert grants_of(session, "editor") == {"document:read"}
    assert grants_of(session, "user") == {"document:create", "document:read"}


def test_with_nothing_ticked_the_filter_stays(sign_in, ada, editor):
    page = ticked(sign_in(ada).get("/roles", q="doc", differ="1"))

    assert (page.status_code, page.location) == (303, "/roles?q=doc&differ=1")


def test_the_ways_back_keep_the_filter_and_the_rows(sign_in, session, ada, editor, cell):
    wanted = cell("editor", "document:create")
    review = ticked(sign_in(ada).get("/roles", differ="1"), plus=[wanted])
    assert review.link("Discard all") == "/roles?differ=1"
    assert review.links.count("/roles?differ=1") == 2

    page = review.submit("review-form", again="1", reason="New team.")

    assert wanted in page.value("grants")
    assert set(page.value("differ")) == {"1"}
    assert codes_of(page) == ["document:create", "document:update"]
    saved = page.submit("matrix").submit("review-form", confirmed="1")
    assert saved.location == "/roles?differ=1"
    assert "document:create" in grants_of(session, "editor")


def test_what_was_ticked_is_shown_even_where_it_does_not_fit_any_more(
    sign_in, session, ada, editor, cell
):
    wanted = cell("editor", "document:create")
    review = ticked(sign_in(ada).get("/roles", differ="1"), plus=[wanted])
    viewer = session.scalars(select(Role).where(Role.name == "viewer")).one()
    viewer.permissions += permissions(session, "document:create", "document:update")
    editor.permissions += permissions(session, "document:create")
    session.commit()
    assert codes_of(sign_in(ada).get("/roles", differ="1")) == []

    page = review.submit("review-form", again="1")

    assert codes_of(page) == ["document:create", "document:update"]
    assert wanted in page.value("grants")


def test_a_change_of_what_was_not_shown_is_no_conflict(sign_in, session, ada, editor, cell):
    page = sign_in(ada).get("/roles", resource="settings")
    editor.permissions = permissions(session, "document:delete")
    session.commit()

    review = ticked(page, plus=[cell("editor", "settings:read")])
    assert "document:" not in review.text
    assert review.submit("review-form", confirmed="1").status_code == 303

    assert grants_of(session, "editor") == {"document:delete", "settings:read"}


def test_a_change_of_what_was_shown_is_a_conflict_of_these_rows_alone(
    sign_in, session, ada, editor, cell
):
    review = ticked(
        sign_in(ada).get("/roles", resource="settings"), plus=[cell("editor", "settings:read")]
    )
    editor.permissions = permissions(session, "document:delete", "settings:update")
    session.commit()

    conflict = review.submit("review-form", confirmed="1")

    assert conflict.status_code == 409
    assert "settings:update" in conflict.text
    assert "document:" not in conflict.text
    assert conflict.link("Keep their version") == "/roles?resource=settings"
    again = conflict.submit("conflict-form")
    assert "editor 1 granted, 1 revoked" in again.text
    saved = again.submit("review-form", confirmed="1")
    assert saved.location == "/roles?resource=settings"
    assert grants_of(session, "editor") == {"document:delete", "settings:read"}


def test_a_tick_in_a_row_that_was_not_shown_means_nothing(sign_in, session, ada, editor, cell):
    page = sign_in(ada).get("/roles", resource="settings")
    form = next(form for form in page.forms if form.id == "matrix")
    sent = [(one.name, text) for one in form.controls for text in one.sends()]
    extra = [("grants", cell("editor", "settings:read")), ("grants", cell("editor", "audit:read"))]

    page.browser.send("post", "/roles/review", [*sent, *extra]).submit("review-form")

    assert grants_of(session, "editor") == {"document:read", "document:update", "settings:read"}


def test_a_reason_that_is_too_long_is_corrected_at_the_review(sign_in, session, ada, cell):
    page = sign_in(ada).get("/roles")
    page = page.submit("matrix", grants=[*page.value("grants"), cell("viewer", "document:update")])

    refused = page.submit("review-form", confirmed="1", reason="x" * 501)

    assert (refused.status_code, refused.value("reason")) == (422, "x" * 501)
    assert 'aria-describedby="reason-error' in refused.html
    assert refused.submit("review-form", confirmed="1", reason="They write.").status_code == 303
    assert "document:update" in grants_of(session, "viewer")


@pytest.mark.parametrize("confirmed", [None, "1"])
@pytest.mark.parametrize("fields", HOSTILE, ids=range(len(HOSTILE)))
def test_what_no_form_sends_changes_nothing(sign_in, session, ada, fields, confirmed):
    before = grants_of(session, "user")

    page = sign_in(ada).post("/roles/review", **fields, confirmed=confirmed)

    assert page.status_code in {409, 422}
    assert grants_of(session, "user") == before


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
