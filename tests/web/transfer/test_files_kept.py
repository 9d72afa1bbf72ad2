"""Files are kept where a password is asked for first."""

import io

import pytest
from sqlalchemy import update

from app.models import ConsoleSession
from app.models.base import utcnow
from tests.support.browsing import ORIGIN
from tests.support.people import PASSWORD

HEAD = "format: rag-fortress-console/1\nsettings:\n"
SETTINGS = f"{HEAD}- {{key: chunk_size, value: 777}}\n"
USERS = "username,email\nbob,bob@example.org\n"
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
def test_a_file_that_cannot_be_read_is_chosen_again(browser, session):
    grow_old(session, "authenticated_at")

    asked = upload(browser, "/transfer/import", "text", SETTINGS.encode("utf-16"))
    form = asked.submit(own_password=PASSWORD)

    assert "Once you confirm, the form comes back" in asked.text
    assert (form.status_code, form.value("text")) == (200, "")
    assert "Nothing was saved yet." in form.text
