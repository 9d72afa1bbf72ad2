"""A save of several settings is undone."""

from datetime import timedelta

import pytest

from app.domain import settings
from app.models.base import utcnow
from tests.support.settings import EDIT, LIST, changes, path_of, stored, value

TMP = {"key": "tmp_thing", "value": "1", "data_type": "string", "category": "tests"}


def test_a_batch_can_be_undone(sign_in, ada, three, session):
    top, flag, _ = three
    fields = value(top, "8") | value(flag, "false")
    review = sign_in(ada).submit(EDIT, "sheet", **fields)
    page = review.submit("save", confirmed=1).follow()
    [undo] = [form.action for form in page.forms if "/undo/" in form.action]

    undone = page.submit(to=undo)

    assert undone.location == LIST
    assert (top.value, flag.value) == ("5", "true")
    back = changes(session)[2:]
    assert {one.reason for one in back} == {"Undone."}
    assert len({one.save_id for one in back}) == 1
    assert "Undid the changes of 2 settings" in undone.follow().text


def test_undo_is_refused_whole_when_somebody_was_faster(sign_in, ada, three, session):
    top, flag, _ = three
    review = sign_in(ada).submit(EDIT, "sheet", **value(top, "8"), **value(flag, "false"))
    page = review.submit("save", confirmed=1).follow()
    top.value = "6"
    [undo] = [form.action for form in page.forms if "/undo/" in form.action]

    answer = page.submit(to=undo)

    assert answer.status_code == 409
    assert "changed since" in answer.text
    assert (top.value, flag.value) == ("6", "false")


def test_undo_asks_first_when_it_is_opened_as_a_page(sign_in, ada, three, session):
    review = sign_in(ada).submit(EDIT, "sheet", **value(three[0], "8"))
    review.submit("save", confirmed=1)
    path = f"/settings/undo/{changes(session)[0].id}"

    page = sign_in(ada).get(path)

    assert "Undo 1 change" in page.text
    page.submit(to=path, reason="It was too much.")
    assert three[0].value == "5"
    assert changes(session)[-1].reason == "It was too much."


def test_the_changes_of_others_are_for_those_who_see_the_history(
    sign_in, ada, person, three, session
):
    oscar = person("oscar", permissions=["settings:read", "settings:update"])
    lucy = person("lucy", permissions=["settings:read"])
    sign_in(ada).submit(EDIT, "sheet", **value(three[0], "8")).submit("save", confirmed=1)
    path = f"/settings/undo/{changes(session)[0].id}"

    assert sign_in(oscar).get(path).status_code == 200
    assert sign_in(lucy).get(path).status_code == 404
    assert sign_in(ada).get("/settings/undo/999999").status_code == 404
    assert three[0].value == "8"


def test_the_changes_of_whoever_had_one_s_id_before_are_those_of_others(
    sign_in, ada, person, three, session
):
    oscar = person("oscar", permissions=["settings:read", "settings:update"])
    browser = sign_in(oscar)
    browser.submit(EDIT, "sheet", **value(three[0], "8")).submit("save", confirmed=1)
    path = f"/settings/undo/{changes(session)[0].id}"
    assert browser.get(path).status_code == 200

    [role] = oscar.roles
    role.permissions = [each for each in role.permissions if each.code == "settings:read"]
    session.commit()
    assert browser.get(path).status_code == 200

    oscar.username = "olga"
    session.commit()
    assert browser.get(path).status_code == 200

    oscar.created_at = utcnow() + timedelta(seconds=5)
    session.commit()

    assert browser.get(path).status_code == 404


def test_a_save_is_undone_from_the_audit_log_and_from_each_of_its_entries(
    sign_in, ada, three, session
):
    top, flag, _ = three
    ada_there = sign_in(ada)
    review = ada_there.submit(EDIT, "sheet", **value(top, "8"), **value(flag, "false"))
    review.submit("save", confirmed=1)
    first, second = (one.id for one in changes(session))
    of_one = f"/audit?target={top.key}&type=setting"
    of_top = ada_there.get(of_one)
    whole = ada_there.get("/audit")
    entry = ada_there.get(f"/audit/{second}")

    assert of_top.link(f"Undo… changed {top.key}") == f"/settings/{top.id}?undo={first}"
    assert whole.link(f"Undo… changed {top.key}") == f"/settings/undo/{first}"
    assert entry.link("Undo…") == f"/settings/{flag.id}?undo={second}"
    assert entry.link("Undo the whole save…") == f"/settings/undo/{second}"

    session.delete(top)
    session.commit()
    assert "Undo…" not in ada_there.get(of_one).text


@pytest.fixture
def mixed(sign_in, ada, three):
    """A save that changes a setting and restores another, and the path of its undo."""
    top, flag, _ = three
    browser = sign_in(ada)
    browser.submit(path_of(top), value="8")
    browser.submit(path_of(flag, "/delete"), key=flag.key)
    review = browser.get("/settings/past", at="2020-01-01T00:00").submit("restore")
    page = review.submit("save", confirmed=1).follow()
    return next(form.action for form in page.forms if "/undo/" in form.action)


def test_a_mixed_save_is_undone_from_the_audit_log(sign_in, ada, three, mixed, session):
    browser = sign_in(ada)
    log = browser.get("/audit")
    assert log.link(f"Undo… changed {three[0].key}") == mixed
    page = browser.get(mixed)
    assert "Undo 2 changes" in page.text
    assert "It will be deleted again." in page.text

    page.submit(to=mixed)

    assert stored(session)["value"] == "8"
    assert stored(session, "flag") is None
    back = browser.get("/audit").link(f"Undo… changed {three[0].key}")
    assert "It will be restored." in browser.get(back).text
    browser.get(back).submit(to=back)
    assert stored(session)["value"] == "5"
    assert stored(session, "flag")["value"] == "true"


def test_what_has_changed_since_is_named_and_the_others_are_undone(
    sign_in, ada, three, mixed, session
):
    browser = sign_in(ada)
    top, flag = three[0], settings.by_key(session, "flag")
    browser.submit(path_of(flag), value="false")

    page = browser.get(mixed)
    assert "flag stays as it is" in page.text
    assert "Has changed since" in page.text
    assert "Undo 1 change" in page.text
    assert browser.post(mixed).status_code == 409
    assert stored(session)["value"] == "5"
    done = page.submit(to=mixed, reason="Too much.").follow()

    assert f"Undid the changes of {top.key}" in done.text
    assert stored(session)["value"] == "8"
    assert stored(session, "flag")["value"] == "false"


def test_the_former_value_of_what_stays_is_an_edit_filled_in(sign_in, ada, three, session):
    browser, top, flag = sign_in(ada), three[0], three[1]
    review = browser.submit(EDIT, "sheet", **value(top, "8"), **value(flag, "false"))
    review.submit("save", confirmed=1)
    first = changes(session)[0].id
    browser.submit(path_of(top), value="9")

    page = browser.get(browser.get(f"/settings/undo/{first}").link(f"Restore 5 of {top.key}"))

    assert page.value("value") == "5"
    page.submit(value="5")
    assert top.value == "5"


def test_what_changes_after_the_review_is_shown_before_anything_is_undone(
    sign_in, ada, three, session
):
    browser, top, flag = sign_in(ada), three[0], three[1]
    review = browser.submit(EDIT, "sheet", **value(top, "8"), **value(flag, "false"))
    review.submit("save", confirmed=1)
    path = f"/settings/undo/{changes(session)[0].id}"
    page = browser.get(path)
    browser.submit(path_of(top), value="9")

    answer = page.submit(to=path, reason="Kept.")

    assert (answer.status_code, answer.value("reason")) == (409, "Kept.")
    assert "Undo 1 change" in answer.text
    assert (top.value, flag.value) == ("9", "false")
    answer.submit(to=path)
    assert (top.value, flag.value) == ("9", "true")


def test_a_save_of_which_nothing_stands_leads_to_each_setting(sign_in, ada, three, session):
    browser, top = sign_in(ada), three[0]
    browser.submit(EDIT, "sheet", **value(top, "8")).submit("save", confirmed=1)
    path = f"/settings/undo/{changes(session)[0].id}"
    browser.submit(path_of(top, "/delete"), key="top_k")

    page = browser.get(path)

    assert "Nothing is left to undo" in page.text
    assert browser.get(page.link("Restore the setting of top_k")).status_code == 200
    assert browser.post(path, reviewed="x").status_code == 409


@pytest.fixture
def created(sign_in, ada, session):
    """A setting that was created, and the link that undoes it."""
    browser = sign_in(ada)
    browser.submit("/settings/new", **TMP)
    return browser.get("/audit").link("Undo… created tmp_thing")


def test_a_created_setting_is_deleted_again_in_two_clicks(sign_in, ada, created, session):
    page = sign_in(ada).get(created)
    assert "It will be deleted again." in page.text

    page.submit(to=created)

    assert stored(session, "tmp_thing") is None


@pytest.mark.parametrize("text", ["1", "2"])
def test_a_setting_that_was_created_again_is_another_one(sign_in, ada, created, session, text):
    browser = sign_in(ada)
    delete = path_of(settings.by_key(session, "tmp_thing"), "/delete")
    browser.submit(delete, key="tmp_thing")
    browser.submit("/settings/new", **TMP | {"value": text})

    page = browser.get(created)

    assert "Was deleted since, and exists again" in page.text
    assert "Nothing is left to undo" in page.text
    assert browser.post(created).status_code == 409
    assert stored(session, "tmp_thing")["value"] == text


def test_a_created_setting_that_has_changed_since_stays(sign_in, ada, created, session):
    browser = sign_in(ada)
    browser.submit(path_of(settings.by_key(session, "tmp_thing")), value="2")

    page = browser.get(created)

    assert "Has changed since" in page.text
    assert browser.post(created, reviewed="").status_code == 409
    assert stored(session, "tmp_thing")["value"] == "2"


@pytest.mark.only_on("sqlite")
def test_deleting_again_takes_the_permission_to_delete(sign_in, person, mixed, session):
    oscar = sign_in(person("oscar", permissions=["settings:read", "settings:update"]))

    assert "settings:delete" in oscar.get(mixed).text
    assert oscar.post(mixed).status_code == 403
    assert stored(session, "flag")["value"] == "true"
