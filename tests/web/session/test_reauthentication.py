"""Re-authentication: what gives access waits for the password, and keeps what was entered."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.domain import settings
from app.domain.settings import SecretKeys
from app.models import ApplicationSetting, ConsoleSession, FailedSignIn, Role, SettingRule
from app.models.base import utcnow
from tests.conftest import SESSION_COOKIE
from tests.support.contents import recorded
from tests.support.people import PASSWORD

LONG_AGO = timedelta(minutes=31)
SECRET = "sk-4711"


@pytest.fixture
def keyed(session):
    """Gives the console a key for secrets."""
    engine = session.get_bind()
    engine.update_execution_options(**{settings.KEYS: SecretKeys(bytes(range(32)))})
    yield
    engine.update_execution_options(**{settings.KEYS: SecretKeys()})


@pytest.fixture
def browser(sign_in, ada):
    return sign_in(ada)


def grow_old(session, age=LONG_AGO):
    session.execute(update(ConsoleSession).values(authenticated_at=utcnow() - age))
    session.commit()


def roles_named(session, name):
    return session.scalars(select(Role).where(Role.name == name)).all()


def test_a_form_that_gives_access_waits_for_the_password_and_then_goes_on(browser, session):
    page = browser.get("/roles/new")
    grow_old(session)
    old = browser.client.get_cookie(SESSION_COOKIE).value

    asked = page.submit(name="support", description="Helps <b>people</b>.")
    assert (asked.status_code, "Confirm that it is you" in asked.text) == (401, True)
    wrong = asked.submit(own_password="not the password")
    assert (wrong.status_code, "That is not your password." in wrong.text) == (422, True)
    assert roles_named(session, "support") == []
    assert session.scalars(select(FailedSignIn.failures)).one() == 1

    assert wrong.submit(own_password=PASSWORD).status_code == 303
    assert [role.description for role in roles_named(session, "support")] == [
        "Helps <b>people</b>."
    ]
    assert session.scalars(select(ConsoleSession)).one().authenticated_at > utcnow() - LONG_AGO / 2
    assert browser.client.get_cookie(SESSION_COOKIE).value != old
    actions = ["role:created", "user:reauthenticated"]
    assert [event.action for event in recorded(session)] == actions
    assert "ada entered their password again" in browser.get("/audit?sign_ins=1").text
    browser.client.set_cookie(SESSION_COOKIE, old)
    assert browser.get("/account").status_code == 303


@pytest.mark.only_on("sqlite")
def test_a_change_that_is_reviewed_goes_on_to_its_review(browser, session, omar):
    viewer = roles_named(session, "viewer")[0]
    page = browser.get(f"/users/{omar.id}/roles")
    grow_old(session)

    review = page.submit("roles-form", roles=[str(viewer.id)]).submit(own_password=PASSWORD)

    assert "Permissions gained" in review.text
    assert review.submit("review-form", confirmed="1").status_code == 303
    assert omar.roles == [viewer]


@pytest.mark.only_on("sqlite")
def test_a_form_that_is_not_kept_in_full_comes_back_unsaved(browser, session):
    page = browser.get("/roles/new")
    grow_old(session)

    asked = page.submit(name="support", description="postgres://a:pw1@b/c")
    assert "Not kept, as it is secret: Description." in asked.text
    assert "pw1" not in asked.html
    form = asked.submit(own_password="wrong").submit(own_password=PASSWORD)

    assert (form.value("name"), roles_named(session, "support")) == ("support", [])
    assert "Nothing has been saved yet." in form.text
    assert form.submit(name="support", description="Helps.").status_code == 303


@pytest.mark.only_on("sqlite")
def test_kept_input_without_the_password_changes_and_renews_nothing(browser, session):
    page = browser.get("/roles/new")
    grow_old(session)

    for claim in ({"kept": "1"}, {"kept": "1", "whole": "1"}):
        shown = browser.post("/roles/new", name="support", **claim)
        assert (shown.status_code, shown.value("name")) == (200, "support")
    asked = page.submit(name="support")

    assert (asked.status_code, roles_named(session, "support")) == (401, [])


@pytest.mark.only_on("sqlite")
def test_use_renews_and_other_pages_do_not(browser, session, omar):
    grow_old(session, LONG_AGO - timedelta(minutes=2))
    browser.get("/roles/new")
    assert browser.submit("/account/zone", zone="Asia/Tokyo").status_code == 303
    before = session.scalars(select(ConsoleSession.authenticated_at)).one()
    assert utcnow() - before > timedelta(minutes=28)

    assert browser.submit("/roles/new", name="support").status_code == 303
    assert session.scalars(select(ConsoleSession.authenticated_at)).one() > before

    grow_old(session)
    assert browser.submit("/account/zone", zone="Asia/Tokyo").status_code == 303
    assert browser.submit(f"/users/{omar.id}/deactivate", reason="left").status_code == 303


@pytest.mark.only_on("sqlite")
def test_a_change_of_a_secret_renews_and_one_of_another_setting_does_not(browser, session, keyed):
    secret = ApplicationSetting(key="api_key", data_type="string")
    plain = ApplicationSetting(key="plain", data_type="string", value="")
    unset = ApplicationSetting(key="auth_token", data_type="string")
    session.add_all([secret, plain, unset])
    session.commit()
    steps = [
        (f"/settings/{plain.id}", {"value": "new"}, False),
        (f"/settings/{secret.id}", {"secret": "sk-4711"}, True),
        (f"/settings/{unset.id}/delete", {"key": "auth_token"}, True),
        ("/settings/new", {"key": "page_limit", "value": "7"}, False),
        ("/settings/new", {"key": "billing_api_key", "value": "sk-4711"}, True),
    ]

    for path, fields, renews in steps:
        grow_old(session, timedelta(minutes=29))
        before = session.scalars(select(ConsoleSession.authenticated_at)).one()
        assert browser.get(path).submit(to=path, **fields).status_code == 303
        assert (session.scalars(select(ConsoleSession.authenticated_at)).one() > before) == renews


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("key", ["billing_api_key", "quiet"])
def test_a_new_secret_waits_for_the_password_and_is_typed_again(browser, session, keyed, key):
    session.add(SettingRule(key="quiet", is_secret=True))
    session.commit()
    grow_old(session)
    page = browser.get("/settings/new")

    asked = page.submit(key=key, value=SECRET, category="billing", reason="A new plan.")
    assert (asked.status_code, "Not kept, as it is secret: Value." in asked.text) == (401, True)
    again = asked.submit(own_password="wrong")
    assert "Not kept, as it is secret: Value." in again.text
    form = again.submit(own_password=PASSWORD)
    assert "Nothing has been saved yet. Enter what was not kept (Value), and save it." in form.text
    named = select(ApplicationSetting).where(ApplicationSetting.key == key)
    assert session.scalars(named).all() == []

    kept = [form.value(name) for name in ("key", "category", "reason", "value")]
    assert kept == [key, "billing", "A new plan.", ""]
    assert SECRET not in asked.html + form.html
    assert form.submit(value=SECRET).status_code == 303
    assert session.scalars(named).one().value.startswith("v1:")


@pytest.mark.only_on("sqlite")
def test_whoever_has_just_signed_in_creates_a_secret_at_once(browser, keyed):
    page = browser.submit("/settings/new", key="billing_api_key", value=SECRET)

    assert page.status_code == 303


@pytest.mark.only_on("sqlite")
def test_a_plain_setting_is_created_without_a_password(browser, session):
    session.add(SettingRule(key="not_a_password", is_secret=False))
    session.commit()
    grow_old(session)

    for key in ("page_limit", "not_a_password"):
        assert browser.submit("/settings/new", key=key, value="7").status_code == 303


@pytest.mark.only_on("sqlite")
def test_no_other_form_takes_the_value_of_a_secret(browser, session, keyed):
    secret = ApplicationSetting(key="api_key", data_type="string")
    session.add(secret)
    session.commit()
    etag = settings.etag_of(secret)
    rows = {f"{secret.id}-value": SECRET, f"{secret.id}-base": "", f"{secret.id}-etag": etag}
    file = (
        '{"format": "rag-fortress-console/1", "settings": [{"key": "api_key", "value": "sk-4711"}'
        ', {"key": "new_api_key", "value": "sk-4711", "data_type": "string"}]}'
    )
    forms = {
        "/settings/review": rows | {"confirmed": "1"},
        "/settings/past?at=2020-01-01T00:00": rows | {"chosen": str(secret.id), "confirmed": "1"},
        "/transfer/import": {"text": file, "confirmed": "y"},
        "/transfer/env": {"pasted": "API_KEY=sk-4711\nNEW_API_KEY=sk-4711"},
    }

    answers = [browser.post(path, **fields) for path, fields in forms.items()]

    assert not any(SECRET in answer.html for answer in answers)
    keys = ("api_key", "new_api_key")
    stored = select(ApplicationSetting).where(ApplicationSetting.key.in_(keys))
    assert [each.value for each in session.scalars(stored)] == [None]


@pytest.mark.only_on("sqlite")
def test_whoever_may_not_is_not_asked(sign_in, session, vera, omar):
    browser = sign_in(vera)
    grow_old(session)

    answer = browser.post(f"/users/{omar.id}/roles", roles="1")

    assert (answer.status_code, "Confirm that it is you" in answer.text) == (403, False)
