"""What was entered is never lost in silence: kept for the sign-in, and on pages of errors."""

from html import unescape

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import OperationalError

from app import unit_of_work
from app.models import ApplicationSetting, ConsoleSession, Permission, Role, SettingRule, User
from app.models.base import utcnow
from tests.conftest import SESSION_COOKIE
from tests.support.people import PASSWORD

pytestmark = pytest.mark.only_on("sqlite")

TYPED = '  a text\nof two lines, with <b>"quotes"</b> '


@pytest.fixture
def text_setting(session):
    setting = ApplicationSetting(key="greeting", value="old", data_type="string", category="tests")
    session.add(setting)
    session.commit()
    return setting


@pytest.fixture
def browser(sign_in, ada):
    return sign_in(ada)


def end_session(session):
    session.execute(update(ConsoleSession).values(last_seen_at=utcnow().replace(year=2020)))


def enter(page, name="ada", password=PASSWORD):
    return page.submit(username=name, password=password)


def normalized(value):
    return value and value.replace("\r\n", "\n")


def test_a_form_sent_after_the_session_comes_back_filled_and_unsaved(
    browser, session, text_setting
):
    page = browser.get(f"/settings/{text_setting.id}")
    end_session(session)

    asked = page.submit("edit", value=TYPED, reason="because")
    assert (asked.status_code, text_setting.value) == (401, "old")
    assert "Your session has ended, so nothing was saved." in asked.text

    failed = enter(asked, password="wrong one")
    assert (failed.status_code, "Wrong user name or password." in failed.text) == (422, True)

    form = enter(failed)
    assert (form.status_code, text_setting.value) == (200, "old")
    assert "Nothing has been saved yet." in form.text
    assert (normalized(form.value("value")), form.value("reason")) == (TYPED, "because")
    assert "data-unsaved" in form.html

    assert form.submit("edit").status_code == 303
    assert text_setting.value == TYPED


def test_what_changed_meanwhile_is_still_a_conflict(browser, session, text_setting):
    page = browser.get(f"/settings/{text_setting.id}")
    end_session(session)
    asked = page.submit("edit", value="mine")
    text_setting.value = "theirs"

    saved = enter(asked).submit("edit")

    assert (saved.status_code, text_setting.value) == (409, "theirs")


FORMS = {
    "/settings/new": {"key": "new_limit", "value": "7", "description": "Something."},
    "/roles/new": {"name": "support", "description": "Helps people."},
    "/users/new": {"username": "nora", "email": "nora@example.org", "bio": "Of the night."},
    "/users/{omar}/edit": {"username": "omar2", "full_name": "Omar K.", "bio": "Poet."},
    "/users/{omar}/delete": {"username": "omar", "reason": "gone"},
    "/users/{omar}/deactivate": {"reason": "on leave"},
    "/users/{omar}/reset": {},
    "/roles/{viewer}/edit": {"description": "Looks around."},
}


@pytest.mark.parametrize("path", FORMS)
def test_every_form_comes_back(browser, session, omar, path):
    viewer = session.scalars(select(Role.id).where(Role.name == "viewer")).one()
    page = browser.get(path.format(omar=omar.id, viewer=viewer))
    end_session(session)
    fields = FORMS[path]

    asked = page.submit(to=page.path, **fields)
    form = enter(asked) if fields else asked

    assert form.path == page.path
    assert {name: form.value(name) for name in fields} == fields
    assert session.scalars(select(User).where(User.username == "nora")).first() is None
    assert omar.username == "omar"
    assert omar.is_active


def test_edited_settings_come_back_to_be_edited_and_to_be_reviewed(browser, session, text_setting):
    name = f"{text_setting.id}-value"
    sheet = browser.get("/settings?category=tests&edit=all")
    end_session(session)

    form = enter(sheet.submit("sheet", **{name: "new"}))
    assert (form.status_code, form.value(name)) == (200, "new")

    review = form.submit("sheet")
    end_session(session)
    again = enter(review.submit("save", reason="because", confirmed=1))
    assert (again.value(name), again.value("reason")) == ("new", "because")
    assert text_setting.value == "old"

    assert again.submit("save", confirmed=1).status_code == 303
    assert text_setting.value == "new"


def test_roles_of_a_user_come_back_and_are_reviewed_again(browser, session, omar):
    viewer = session.scalars(select(Role).where(Role.name == "viewer")).one()
    page = browser.get(f"/users/{omar.id}/roles")
    end_session(session)

    form = enter(page.submit("roles-form", roles=[str(viewer.id)]))
    assert str(viewer.id) in form.value("roles")
    review = form.submit("roles-form")
    end_session(session)
    again = enter(review.submit("review-form", confirmed="1", reason="because"))

    assert "Permissions gained" in again.text
    assert (again.value("reason"), omar.roles) == ("because", [])
    assert again.submit("review-form", confirmed="1").status_code == 303
    assert [role.name for role in omar.roles] == ["viewer"]


def test_the_matrix_comes_back(browser, session):
    viewer = session.scalars(select(Role).where(Role.name == "viewer")).one()
    user_read = session.scalars(select(Permission).where(Permission.code == "user:read")).one()
    page = browser.get("/roles")
    cell = f"{viewer.id}:{user_read.id}"
    end_session(session)

    form = enter(page.submit("matrix", grants=[*page.value("grants"), cell]))

    assert cell in form.value("grants")
    assert "Permissions gained" not in form.text
    assert form.submit("matrix").status_code == 200
    assert not viewer.grants("user:read")


def test_a_bulk_change_comes_back_as_its_review(browser, session, omar):
    page = browser.get("/users")
    end_session(session)

    review = enter(page.submit(users=[str(omar.id)], action="deactivate"))
    assert f"Deactivate {omar.display_name}?" in review.text
    end_session(session)
    again = enter(review.submit(confirmed=1, reason="because"))

    assert (again.value("reason"), omar.is_active) == ("because", True)
    assert again.submit(confirmed=1).status_code == 200
    assert not omar.is_active


def test_secrets_are_left_out_and_named(browser, session):
    page = browser.get("/settings/new")
    end_session(session)

    asked = page.submit(key="openai_api_key", value="sk-4711", description="postgres://a:pw1@b/c")

    assert "Not kept, as it is secret: Description, Value." in asked.text
    assert "sk-4711" not in asked.html
    assert "pw1" not in asked.html
    form = enter(asked)
    assert (form.value("key"), form.value("value")) == ("openai_api_key", "")
    assert "Enter what was not kept (Description, Value), and save it." in form.text


CANARY = "canary-4711"


@pytest.fixture
def quiet(session):
    """A setting that is marked as a secret, which its key does not say."""
    setting = ApplicationSetting(key="quiet", value=None, data_type="string", category="tests")
    session.add_all([setting, SettingRule(key="quiet", is_secret=True)])
    session.commit()
    return setting


FILE_OF_SECRETS = (
    f'{{"format": "rag-fortress-console/1", "settings": [{{"key": "quiet", "value": "{CANARY}"}}]}}'
)
FORMS_OF_SECRETS = {
    "/settings/new": {"key": "quiet", "value": CANARY},
    "/settings/{id}": {"value": CANARY, "base": CANARY},
    "/settings/past": {"{id}-base": CANARY},
    "/settings/review": {"confirmed": "1", "{id}-value": CANARY, "{id}-base": CANARY},
    "/transfer/import": {"text": FILE_OF_SECRETS},
}


@pytest.mark.parametrize("path", FORMS_OF_SECRETS)
@pytest.mark.parametrize("is_over", [True, False])
def test_what_is_marked_as_a_secret_is_left_out_whatever_its_key(
    browser, session, quiet, path, is_over
):
    sent = {
        name.replace("{id}", str(quiet.id)): text for name, text in FORMS_OF_SECRETS[path].items()
    }
    session.execute(update(ConsoleSession).values(authenticated_at=utcnow().replace(year=2020)))
    if is_over:
        end_session(session)

    answer = browser.post(path.format(id=quiet.id), **sent, reason="because")
    pages = [answer]
    if answer.status_code == 401:
        pages.append(enter(answer) if is_over else answer.submit(own_password=PASSWORD))

    assert len(pages) == 2 or not is_over
    assert not any(CANARY in page.html for page in pages)


def test_another_person_is_told_so(browser, session, person, text_setting):
    person("cleo", roles=["admin"])
    page = browser.get(f"/settings/{text_setting.id}")
    end_session(session)
    asked = page.submit("edit", value="by ada")

    form = enter(asked, "cleo")

    assert "Another person entered this before you signed in." in form.text
    assert form.value("value") == "by ada"
    assert form.submit("edit").status_code == 303
    # The page of the one is not sent by the other.
    assert page.submit("edit", value="by ada again").status_code == 400


@pytest.mark.parametrize("name", ["vera", "omar"])
def test_whoever_may_not_change_the_page_is_told_and_shown_nothing(
    browser, session, vera, omar, text_setting, name
):
    page = browser.get(f"/settings/{text_setting.id}")
    end_session(session)

    refused = enter(page.submit("edit", value="by ada"), name)

    assert refused.status_code == 403
    assert "was not saved, and is not shown to you" in refused.text
    assert "by ada" not in refused.html


def test_somebody_who_signed_in_elsewhere_goes_on_without_a_password(
    browser, sign_in, ada, session, text_setting
):
    page = browser.get(f"/settings/{text_setting.id}")
    session.execute(delete(ConsoleSession))
    asked = page.submit("edit", value="mine")
    token = sign_in(ada).client.get_cookie(SESSION_COOKIE).value
    browser.client.set_cookie(SESSION_COOKIE, token)

    form = asked.submit(username="", password="")

    assert (form.status_code, form.value("value")) == (200, "mine")


FOREIGN = [
    {"Origin": "https://evil.test"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("is_in", [True, False])
def test_nothing_is_kept_of_what_another_site_has_sent(
    browser, session, text_setting, headers, is_in
):
    if not is_in:
        end_session(session)
    data = {"value": "planted", "kept": "1", "csrf_token": "guessed"}

    answer = browser.open(f"/settings/{text_setting.id}", "POST", data=data, headers=headers)

    assert answer.status_code == (403 if headers else 400)
    assert "planted" not in answer.html


def test_a_form_without_its_token_can_be_had_back(browser, text_setting):
    page = browser.get(f"/settings/{text_setting.id}")
    browser.client.delete_cookie(SESSION_COOKIE.replace("console", "form"))

    expired = page.submit("edit", value=TYPED)
    form = expired.submit(kept="1")

    assert (expired.status_code, "This form has expired" in expired.text) == (400, True)
    assert f">\n{TYPED}</textarea>" in unescape(expired.html).replace("\r\n", "\n")
    assert (form.status_code, normalized(form.value("value"))) == (200, TYPED)
    assert text_setting.value == "old"
    assert form.submit("edit").status_code == 303


def test_a_form_without_token_and_session_is_had_back_after_signing_in(
    browser, session, text_setting
):
    page = browser.get(f"/settings/{text_setting.id}")
    browser.client.delete_cookie(SESSION_COOKIE)
    browser.client.delete_cookie(SESSION_COOKIE.replace("console", "form"))

    expired = page.submit("edit", value="mine")
    form = enter(expired.submit(kept="1"))

    assert (expired.status_code, form.value("value")) == (400, "mine")


def fail(error):
    def failing(*_arguments, **_names):
        raise error

    return failing


@pytest.mark.parametrize(
    ("error", "status"),
    [(OperationalError("", {}, Exception()), 503), (ZeroDivisionError(), 500)],
)
def test_on_503_and_500_the_text_can_be_had_back(
    app, browser, text_setting, monkeypatch, error, status
):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    page = browser.get(f"/settings/{text_setting.id}")
    with monkeypatch.context() as patch:
        patch.setattr(unit_of_work, "_commit", fail(error))
        failed = page.submit("edit", value=TYPED, reason="because")

    assert (failed.status_code, text_setting.value) == (status, "old")
    assert failed.html.count("of two lines") == 2
    assert failed.html.count("because") == 2
    form = failed.submit(kept="1")
    assert (normalized(form.value("value")), text_setting.value) == (TYPED, "old")
    assert form.submit("edit").status_code == 303
    assert text_setting.value == TYPED


def test_passwords_are_on_no_page_of_an_error(app, browser, monkeypatch, visitor):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    page = browser.get("/account/password")
    form = visitor.get("/login")
    monkeypatch.setattr(unit_of_work, "begin_writing", fail(ZeroDivisionError()))

    pages = [
        page.submit(current=PASSWORD, password="another good one"),
        form.submit(username="ada", password=PASSWORD),
    ]

    assert [one.status_code for one in pages] == [500, 500]
    assert not any(secret in one.html for one in pages for secret in (PASSWORD, "another good"))
    assert "Not kept, as it is secret: Password." in pages[1].text


def test_a_setting_that_was_deleted_meanwhile_gives_the_text_back(browser, session, text_setting):
    page = browser.get(f"/settings/{text_setting.id}")
    session.execute(text("DELETE FROM application_settings WHERE key = 'greeting'"))

    gone = page.submit("edit", value="mine")

    assert (gone.status_code, ">\nmine</textarea>" in gone.html) == (404, True)
