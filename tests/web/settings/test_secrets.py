"""Secrets on pages: set, replaced and removed, and never shown by anything."""

import logging
import re

import pytest
import sqlalchemy
from sqlalchemy.exc import DBAPIError

from app.domain import settings
from app.domain.actor import OUTSIDE
from app.domain.settings import SecretKeys
from app.models import SettingRule
from tests.support.settings import path_of, value

CANARY = "canary-4711-in-a-secret"
IDS = ("reason", "remove-reason", "remove-reason-error")
PAGES = (
    *("/", "/settings", "/settings?edit=all", "/settings?changed=ever", "/settings/past"),
    *("/settings/past?at=2020-01-01T00:00", "/settings/deleted", "/settings/new", "/audit"),
    *("/search?q=canary", "/search?q=api_key", "/audit/export"),
)


def test_a_secret_is_set_replaced_and_removed(sign_in, ada, add, keyed):
    setting = add("an_api_key", value=None)
    browser = sign_in(ada)
    page = browser.get(path_of(setting))
    assert "Not set" in page.text
    assert "Remove the value" not in page.text

    saved = browser.submit(path_of(setting), "edit", secret=CANARY).follow()
    assert "Set the value of an_api_key." in saved.text
    assert "Set just now by ada" in saved.text
    assert setting.value.startswith("v1:gAAAAA")

    first = setting.value
    saved = browser.submit(path_of(setting), "edit", secret=CANARY).follow()
    assert "Replaced the value of an_api_key." in saved.text
    assert setting.value != first

    saved = browser.submit(path_of(setting), "remove").follow()
    assert "Removed the value of an_api_key." in saved.text
    assert setting.value is None


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("typed", "end"),
    [
        (f"{CANARY}\r\n", "ends with a line break."),
        (f"{CANARY} ", "ends with a space."),
        (f"-----BEGIN\r\n{CANARY}\r\n", ""),
        (CANARY, ""),
    ],
)
def test_an_end_that_nobody_will_see_is_told_once(sign_in, ada, add, keyed, typed, end):
    setting = add("an_api_key", value=None)
    browser = sign_in(ada)

    pages = [
        browser.submit(path_of(setting), "edit", secret=typed).follow(),
        browser.submit("/settings/new", key="new_api_key", value=typed).follow(),
    ]

    for page in pages:
        assert ("The value ends with" in page.text, end in page.text) == (bool(end), True)
        assert CANARY not in page.html


@pytest.fixture
def encrypted(add, keyed):
    """A setting that no key and no mark calls a secret, encrypted by another program."""
    return add("partner", value=SecretKeys(bytes(range(32))).encrypted("former"))


def test_what_replaces_an_encrypted_value_is_encrypted_whatever_its_key(sign_in, ada, encrypted):
    browser = sign_in(ada)

    saved = browser.submit(path_of(encrypted), "edit", secret=CANARY).follow()

    assert "Replaced the value of partner." in saved.text
    assert encrypted.value.startswith("v1:gAAAAA")
    for path in (path_of(encrypted), path_of(encrypted, "/history"), "/settings", "/audit"):
        assert CANARY not in browser.get(path).html


def test_one_that_is_marked_as_no_secret_is_said_to_be_shown(sign_in, ada, session, encrypted):
    session.add(SettingRule(key="partner", schema='{"enum": ["a", "b"]}', is_secret=False))
    session.commit()

    page = sign_in(ada).get(path_of(encrypted))
    assert "Stored in clear and shown: the setting is marked as not secret." in page.text
    page = page.submit("edit", secret="c")
    assert (page.status_code, "partner must be a or b." in page.text) == (422, True)
    assert page.submit("edit", secret="b").status_code == 303
    assert encrypted.value == "b"


@pytest.mark.only_on("sqlite")
def test_the_link_to_a_row_leads_to_the_field_of_its_secret(sign_in, ada, add, keyed):
    setting = add("an_api_key", value=None)
    browser = sign_in(ada)

    page = browser.get(browser.get("/settings").link("Set an_api_key").partition("#")[0])

    assert f'<label for="setting-{setting.id}">New value' in page.html
    assert re.search(rf'<textarea[^>]* id="setting-{setting.id}"', page.html)
    assert '<a href="#secret">' in page.submit("edit", secret="").html


@pytest.mark.only_on("sqlite")
def test_a_removal_that_is_refused_is_told_in_its_own_form(sign_in, ada, add, keyed):
    browser = sign_in(ada)
    page = browser.get(path_of(add("an_api_key", value=CANARY)))

    refused = page.submit("remove", reason="x" * 501)

    assert '<a href="#remove-reason">' in refused.html
    assert 'aria-describedby="remove-reason-error' in refused.html
    assert [html.count(f'id="{name}"') for html in (page.html, refused.html) for name in IDS] == [
        *(1, 1, 0),
        *(1, 1, 1),
    ]
    assert refused.submit("remove", reason="Leaked.").status_code == 303


@pytest.mark.only_on("sqlite")
def test_an_empty_field_keeps_the_value(sign_in, ada, add, keyed):
    setting = add("an_api_key", value="stored in clear")

    page = sign_in(ada).submit(path_of(setting), "edit", secret="")

    assert page.status_code == 422
    assert "Nothing was entered." in page.text
    assert "Stored in clear" in page.text
    assert setting.value == "stored in clear"


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("fault", ["type", "etag", "reason", "public"])
def test_a_refused_secret_is_typed_again(sign_in, ada, add, keyed, session, fault):
    setting = add("an_api_key", "integer" if fault == "type" else "string", value=CANARY)
    browser = sign_in(ada)
    page = browser.get(path_of(setting))
    if fault == "etag":
        setting.value = "other"
    if fault == "public":
        setting.value = None
        session.commit()
        settings.mark_secret(session, setting.id, is_secret=False, actor=OUTSIDE)
    session.commit()

    answer = page.submit("edit", secret=CANARY, reason="x" * 501 if fault == "reason" else "")

    assert answer.status_code == (409 if fault in {"etag", "public"} else 422)
    assert CANARY not in answer.html
    assert fault == "public" or "enter it again." in answer.text
    session.refresh(setting)
    assert setting.value in {CANARY, "other", None}


@pytest.mark.only_on("sqlite")
def test_no_review_holds_a_secret(sign_in, ada, add, keyed):
    setting, other = add("an_api_key", value=CANARY), add("other")
    browser = sign_in(ada)
    page = browser.get("/settings?category=tests&edit=all")
    fields = value(setting, CANARY) | {f"{setting.id}-etag": settings.etag_of(setting)}

    review = browser.post("/settings/review", **fields | value(other, "new"))

    assert f'name="{setting.id}-' not in page.html
    assert "Replace" in page.text
    assert CANARY not in page.html + review.html


@pytest.mark.only_on("sqlite")
def test_without_a_key_the_page_says_what_is_missing(sign_in, ada, add):
    setting = add("an_api_key", value=None)
    page = sign_in(ada).get(path_of(setting))

    answer = sign_in(ada).post(path_of(setting), secret=CANARY, etag=settings.etag_of(setting))

    assert "SETTINGS_ENCRYPTION_KEY is set" in page.text
    assert 'name="secret"' not in page.html
    assert answer.status_code == 409
    assert CANARY not in answer.html
    assert setting.value is None


@pytest.mark.only_on("sqlite")
def test_a_canary_in_every_secret_is_found_nowhere(sign_in, ada, add, keyed, caplog, session):
    caplog.set_level(logging.DEBUG)
    browser = sign_in(ada)
    browser.submit("/settings/new", key="new_api_key", value=CANARY)
    secrets = [add("a_password"), add("b_token", value=CANARY), add("plain", value=CANARY)]
    for setting in secrets:
        name = "value" if setting.key == "plain" else "secret"
        browser.submit(path_of(setting), "edit", **{name: CANARY + "-new"}).follow()
    settings.mark_secret(session, secrets[-1].id, is_secret=True, actor=OUTSIDE)
    session.commit()

    paths = [*PAGES, *(path_of(one, end) for one in secrets for end in ("", "/history", "/delete"))]
    html = "".join(browser.get(path).html for path in paths)
    events = "".join(browser.get(f"/audit/{number}").html for number in range(1, 12))
    export = "".join(browser.submit("/audit/export", format=kind).text for kind in ("csv", "jsonl"))

    for text in (html, events, export, caplog.text):
        assert CANARY not in text
        assert "gAAAAA" not in text


def test_a_statement_that_fails_is_told_without_its_values(session, caplog):
    caplog.set_level(logging.DEBUG)

    with pytest.raises(DBAPIError) as error:
        session.execute(sqlalchemy.text("UPDATE nowhere SET value = :value"), {"value": CANARY})

    assert CANARY not in f"{error.value}{caplog.text}"
