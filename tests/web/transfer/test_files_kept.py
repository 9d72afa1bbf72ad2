"""Files are kept where a password is asked for first, and secrets in them are never shown."""

import io

import pytest
from sqlalchemy import update

from app.domain.transfer import secret_values
from app.models import ApplicationSetting, ConsoleSession, SettingRule
from app.models.base import utcnow
from tests.support.browsing import ORIGIN
from tests.support.people import PASSWORD

CANARY = "canary-4711-in-a-secret"
HEAD = "format: rag-fortress-console/1\nsettings:\n"
SETTINGS = f"{HEAD}- {{key: chunk_size, value: 777}}\n"
USERS = "username,email\nbob,bob@example.org\n"
SECRET = f"- {{key: llm_api_key, value: {CANARY}}}\n"
UPLOADS = [
    ("/transfer/import", "text", SETTINGS, "from 1000 to 777"),
    ("/transfer/users", "csv_text", USERS, "bob@example.org"),
]


@pytest.fixture
def browser(sign_in, ada):
    return sign_in(ada)


def upload(browser, path, field, content, token=None):
    """Send a file as the form with this path does; ``content`` is a text or bytes."""
    sent = content if isinstance(content, bytes) else content.encode()
    token = token or browser.csrf_token()
    fields = {"upload": (io.BytesIO(sent), "a file"), field: "", "csrf_token": token}
    return browser.open(path, "POST", data=fields, headers={"Origin": ORIGIN})


def grow_old(session, column):
    session.execute(update(ConsoleSession).values({column: utcnow().replace(year=2020)}))
    session.commit()


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(("path", "field", "content", "words"), UPLOADS)
def test_an_uploaded_file_goes_on_once_the_password_is_entered(
    browser, session, path, field, content, words
):
    grow_old(session, "authenticated_at")

    asked = upload(browser, path, field, content)
    assert (asked.status_code, "Confirm that it is you" in asked.text) == (401, True)
    plan = asked.submit(own_password="wrong").submit(own_password=PASSWORD)

    assert (plan.status_code, words in plan.text) == (200, True)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(("path", "field", "content", "words"), UPLOADS)
def test_an_uploaded_file_is_in_the_form_after_the_session_has_ended(
    browser, session, path, field, content, words
):
    token = browser.csrf_token()
    grow_old(session, "last_seen_at")

    asked = upload(browser, path, field, content, token)
    form = asked.submit(username="ada", password=PASSWORD)

    assert (form.status_code, form.value(field)) == (200, content)
    assert words in form.submit(to=path, **{field: content}).text


@pytest.mark.only_on("sqlite")
def test_nobody_has_a_file_read_without_signing_in(visitor, ada, monkeypatch):
    monkeypatch.setattr(secret_values, "read_file", None)
    asked = upload(visitor, "/transfer/import", "text", SETTINGS)
    monkeypatch.undo()

    form = asked.submit(username="ada", password=PASSWORD)

    assert (asked.status_code, form.value("text")) == (401, SETTINGS)


@pytest.mark.only_on("sqlite")
def test_a_file_that_cannot_be_read_is_chosen_again(browser, session):
    grow_old(session, "authenticated_at")

    asked = upload(browser, "/transfer/import", "text", SETTINGS.encode("utf-16"))
    wrong = asked.submit(own_password="wrong")
    form = wrong.submit(own_password=PASSWORD)

    assert "Once you confirm, the form comes back" in asked.text
    for page in (asked, wrong):
        assert "The file cannot be read, and is not kept." in page.text
    assert (form.status_code, form.value("text")) == (200, "")
    assert "Nothing has been saved yet. Enter what was not kept (File)" in form.text


@pytest.mark.only_on("sqlite")
def test_whoever_signs_in_again_is_told_that_their_file_cannot_be_read(browser, session):
    token = browser.csrf_token()
    grow_old(session, "last_seen_at")

    asked = upload(browser, "/transfer/users", "csv_text", USERS.encode("utf-16"), token)
    form = asked.submit(username="ada", password=PASSWORD)

    assert "The file cannot be read, and is not kept." in asked.text
    assert "Nothing has been saved yet. Enter what was not kept (File)" in form.text


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("path", ["/transfer/import", "/transfer/compare"])
@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}{SECRET}",
        f"{HEAD}{SECRET}- [",
        f"{HEAD}{SECRET}{SECRET}",
        f"{HEAD}- {{value: {CANARY}, key: llm_api_key}}\n- 1",
        f"{HEAD}- value: {CANARY}\n  key: 'llm_api_key'\n- [",
        f'{{"settings": [{{"key": "llm_api_key", "value": "{CANARY}"}}',
        f"{HEAD}- {{key: quiet, value: {CANARY}}}\n- 1",
        f"{HEAD}- {{key: llm_api_key, value: [{CANARY}]}}\n",
        f"{HEAD}- {{key: closed, value: {CANARY}}}\n",
        f"{HEAD}- {{key: top_k, value: {CANARY}, secret: true}}\n",
        f"{HEAD}- {{key: top_k, secret: true, value: {CANARY}}}\n- [",
    ],
)
def test_a_file_with_a_secret_is_not_written_back(browser, session, path, text):
    encrypted = ApplicationSetting(key="closed", value="v1:gAAAAA")
    session.add_all([SettingRule(key="quiet", is_secret=True), encrypted])
    session.commit()

    answers = [browser.submit(path, to=path, text=text), upload(browser, path, "text", text)]
    answers.append(browser.post(path, text=text, again="y"))
    for page in answers[:2]:
        assert CANARY not in page.html
        assert page.status_code == 200 or "as it holds a secret" in page.text
    assert CANARY not in answers[2].html
    grow_old(session, "last_seen_at")
    asked = browser.send("post", path, [("text", text), ("csrf_token", browser.csrf_token())])
    assert CANARY not in asked.html


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("path", ["/transfer/import", "/transfer/compare"])
def test_a_file_that_names_a_secret_without_its_value_is_written_back(browser, path):
    text = f"{SETTINGS}- {{key: llm_api_key, description: Of the model}}\n- ["
    text = text.replace("value: 777", "value: 777, secret: false")

    page = browser.submit(path, to=path, text=text)

    assert (page.status_code, page.value("text")) == (422, text)
