"""The page that creates users from a CSV file."""

import pytest
from sqlalchemy import func, select

from app.models import User
from tests.support.contents import events

FILE = "username,email,roles\nnora,nora@example.org,viewer\nbad name,x@example.org,\n"


@pytest.fixture
def preview(sign_in, ada):
    return sign_in(ada).get("/transfer/users").submit(to="/transfer/users", csv_text=FILE)


def people(session):
    return session.scalar(select(func.count()).select_from(User))


def test_the_preview_creates_nobody(preview, session):
    assert "Will be created 1" in preview.text
    assert "The user name contains a space" in preview.text
    assert people(session) == 1


def test_each_row_has_its_result(preview, session):
    page = preview.submit("users-form", confirmed="1", reason="New year")

    assert "Created 1 user." in page.text
    assert "Refused 1" in page.text
    assert people(session) == 2
    assert events(session)[-1].reason == "New year"


def test_the_export_of_the_list_is_taken(sign_in, ada, vera):
    browser = sign_in(ada)
    export = browser.get("/users/export").submit(to="/users/export").response

    page = browser.get("/transfer/users")
    page = page.submit(to="/transfer/users", csv_text=export.get_data(as_text=True))

    assert "Left as they are 2" in page.text


def test_a_mistake_stands_at_the_field(sign_in, ada):
    page = sign_in(ada).get("/transfer/users").submit(to="/transfer/users", csv_text="a,b")

    assert (page.status_code, "It lacks username and email." in page.text) == (422, True)
    assert page.value("csv_text") == "a,b"


def test_a_reason_that_is_too_long_creates_nobody(preview, session):
    page = preview.submit("users-form", confirmed="1", reason="x" * 501)

    assert (page.status_code, people(session)) == (422, 1)
    assert 'aria-describedby="reason-error' in page.html
    mended = page.submit("users-form", confirmed="1", reason="They are new.")
    assert (mended.status_code, people(session)) == (200, 2)


def test_one_goes_back_to_the_file_to_mend_a_row(preview, session):
    page = preview.submit("users-form", again="1")

    assert page.value("csv_text").replace("\r\n", "\n").strip() == FILE.strip()
    assert people(session) == 1
    again = page.submit(to="/transfer/users", csv_text=FILE.replace("bad name", "good.name"))
    assert "Will be created 2" in again.text


def test_a_row_with_a_flag_that_cannot_be_read_is_refused_alone(sign_in, ada):
    text = "username,email,is_active\nnora,nora@example.org,maybe\numa,uma@example.org,no\n"

    page = sign_in(ada).get("/transfer/users").submit(to="/transfer/users", csv_text=text)

    assert "is_active is neither yes nor no." in page.text
    assert "Will be created 1" in page.text


def test_an_empty_file_is_told_at_the_field(sign_in, ada):
    page = sign_in(ada).get("/transfer/users").submit(to="/transfer/users", csv_text=" ")

    assert (page.status_code, "The file is empty. Choose or paste" in page.text) == (422, True)
