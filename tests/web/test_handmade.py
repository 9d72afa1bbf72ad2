"""The console on a database that another program made: its columns take no NULL."""

import pytest

from app.domain import audit, transfer
from app.domain.plan_lines import PlanOutcome
from app.domain.target import Target
from app.domain.transfer import ImportEdit
from app.extensions import db
from tests.migrations.operating import Operator
from tests.support import handmade
from tests.support.browsing import Browser
from tests.support.databases import SECRET_KEY
from tests.support.people import OPERATOR, PASSWORD, PASSWORD_HASH

ALWAYS_SET = "“Not set” is not possible here: the database column of values is NOT NULL."


@pytest.fixture
def operator(empty_database):
    """Runs commands on the database of another program."""
    found = Operator(empty_database | {"CONSOLE_ENV": "development", "SECRET_KEY": SECRET_KEY})
    handmade.make(found, PASSWORD_HASH)
    yield found
    found.close()


@pytest.fixture
def browser(operator):
    """The browser of Ada, who administers."""
    found = Browser(operator.app.test_client())
    assert found.submit("/login", username="ada", password=PASSWORD).status_code == 303
    return found


def flask(operator, *words):
    done = operator.app.test_cli_runner().invoke(args=words)
    return done.exit_code, done.output


def test_not_set_is_offered_by_no_interface_and_refused_by_all(operator, browser):
    setting = browser.get("/settings").link("answer_language")
    opened = f"/settings?edit={setting.rpartition('/')[2]}"

    for path in (setting, opened, "/settings/new", "/settings?edit=all"):
        page = browser.get(path)
        names = {one.name.rpartition("-")[2] for form in page.forms for one in form.controls}
        assert "unset" not in names
        assert ALWAYS_SET in page.text
    etag = browser.get(setting).value("etag")
    new = {"key": "fresh", "data_type": "string", "is_mutable": "y"}
    for path, fields in ((setting, {"etag": etag}), ("/settings/new", new)):
        refused = browser.post(path, **fields, unset="y")
        assert refused.status_code == 422
        assert f"{ALWAYS_SET} Enter a value; a string may be empty." in refused.text
    secret = browser.post("/settings/new", **new | {"key": "llm_api_key"}, value="sk-1")
    assert (secret.status_code, ALWAYS_SET in secret.text) == (422, True)
    file = (
        "format: rag-fortress-console/1\nsettings: [{key: fresh, data_type: string, value: null}]"
    )
    edit = ImportEdit(transfer.read_file(file))
    with operator.app.app_context():
        planned = transfer.review_import(db.session, edit, actor=OPERATOR)
    [(_, line)] = planned.of(PlanOutcome.REFUSED)
    assert line.reason == ALWAYS_SET
    sentence = f"Error: {ALWAYS_SET} Enter a value; a string may be empty.\n"
    assert flask(operator, "settings", "unset", "top_k") == (1, sentence)


def test_what_had_no_value_once_is_not_restored_or_undone(operator, browser):
    setting_id = int(browser.get("/settings").link("top_k").rpartition("/")[2])
    kept = {"key": "gone", "value": None, "data_type": "string", "category": None}
    gone, top_k = Target("setting", "gone", 77), Target("setting", "top_k", setting_id)
    unset, five = {"value": None}, {"value": "5"}
    with operator.app.app_context():
        deleted = audit.record(db.session, "setting:deleted", gone, actor=OPERATOR, before=kept)
        changed = audit.record(
            db.session, "setting:changed", top_k, actor=OPERATOR, before=unset, after=five
        )
        db.session.commit()
        ids = deleted.id, changed.id

    for path, id_ in zip(("/settings/restore/{}", "/settings/undo/{}"), ids, strict=True):
        page = browser.get(path.format(id_))
        assert ALWAYS_SET in page.text
        assert browser.post(path.format(id_)).status_code == 422
    past = ("settings", "past", "--at", "2020-01-01T00:00", "--restore", "gone")
    assert flask(operator, *past) == (
        1,
        f"Error: {ALWAYS_SET} Enter a value; a string may be empty.\n",
    )


def test_a_text_that_is_left_out_is_stored_as_empty(operator, browser):
    made = browser.submit("/settings/new", key="fresh", value="1")
    assert made.status_code == 303
    assert browser.submit("/users/new", username="mira", email="mira@example.org").status_code < 400
    assert browser.submit("/roles/new", name="support").status_code == 303

    queries = {
        "SELECT description, category FROM application_settings WHERE {key} = 'fresh'": ("", ""),
        "SELECT full_name, bio FROM users WHERE username = 'mira'": ("", None),
        "SELECT description FROM roles WHERE name = 'support'": ("",),
    }
    for query, row in queries.items():
        assert operator.ask(query) == [row]
