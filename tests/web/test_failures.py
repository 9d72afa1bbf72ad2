"""What a person sees when something else fails: the database, its revision, the console itself."""

import re
import zlib
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, text, update

from app import create_app
from app.database import revisions
from app.domain.settings import by_key
from app.extensions import db
from app.models import ConsoleSession
from app.models.base import utcnow
from app.web import access
from tests.support.browsing import Browser
from tests.support.cookies import cookie
from tests.support.cutting import cut_at_commit
from tests.support.people import PASSWORD, PASSWORD_HASH

NEW = "another good password"
FORM = "application/x-www-form-urlencoded"
AWAY = {
    "sqlite": "sqlite:////nowhere/to/be/found.db",
    "postgresql": "postgresql://x:y@127.0.0.1:1/x",
    "mysql": "mysql://x:y@127.0.0.1:1/x",
}


def shown_request(page):
    return re.search(r"Request\s+<code>(\w+)</code>", page.html)[1]


@contextmanager
def browsing(environ):
    console = create_app({"CONSOLE_ENV": "development"} | environ)
    browser = Browser(console.test_client())
    browser.client.set_cookie(cookie("console"), "of a session")
    yield browser
    with console.app_context():
        db.engine.dispose()


@pytest.fixture(params=AWAY.values(), ids=AWAY)
def stranded(request, tmp_path):
    """The browser of somebody who is signed in to a console whose database is away."""
    path = tmp_path / "gone"
    path.mkdir()
    url = request.param.replace("/nowhere/to/be", str(path))
    with browsing({"DATABASE_URL": url}) as browser:
        path.rmdir()
        yield browser


@pytest.fixture
def asked_again(app: Flask):
    """Visitors are told at once: nothing is known of the database."""
    app.extensions.pop("readiness", None)
    yield
    app.extensions.pop("readiness", None)


@pytest.mark.parametrize("path", ["/", "/login", "/account", "/setup/x", "/reset/x", "/logout"])
def test_without_a_database_every_page_says_so(stranded, path):
    page = stranded.get(path)

    assert page.status_code == 503
    assert page.headers["Retry-After"] == "5"
    assert "The database does not answer." in page.text
    assert shown_request(page) == page.headers["X-Request-Id"]


def test_without_a_database_the_process_is_alive_but_not_ready(stranded):
    assert stranded.get("/healthz").response.json == {"status": "ok"}
    ready = stranded.get("/readyz")

    assert ready.status_code == 503
    assert ready.response.json["reason"] == "The database does not answer."


def test_without_a_database_other_errors_are_still_pages(stranded):
    assert "Page not found" in stranded.get("/nowhere").text
    assert stranded.open("/", "POST").status_code == 405
    assert stranded.open("/login", "POST").status_code == 400
    assert stranded.open("/login", "POST", data=b"&" * 2000, content_type=FORM).status_code == 413


def test_nobody_is_signed_out_because_the_database_is_away(stranded):
    assert stranded.get("/account").headers.getlist("Set-Cookie") == []


@pytest.mark.parametrize(
    ("version", "sentence", "has_command"),
    [
        ("002", "The database is at revision 002, and the console needs", True),
        (
            "017",
            "The database is at revision 017, which this version of the console does not",
            False,
        ),
    ],
)
@pytest.mark.usefixtures("asked_again")
def test_at_another_revision_pages_say_what_to_run(sign_in, vera, version, sentence, has_command):
    browser = sign_in(vera)
    db.session.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": version})

    signed_in = browser.get("/account")
    browser.client.delete_cookie(cookie("console"))

    paths = ("/login", "/login/second-factor", "/account", "/setup/x", "/reset/x")
    for page in (signed_in, *map(browser.get, paths)):
        assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
        assert sentence in page.text
        assert ("flask db upgrade" in page.text) == has_command
    ready = browser.get("/readyz")
    assert (ready.status_code, ready.response.json["reason"][:40]) == (503, sentence[:40])


@pytest.mark.parametrize("path", ["/", "/login", "/account", "/setup/x", "/reset/x"])
def test_without_tables_pages_say_what_to_run(empty_database, path):
    with browsing(empty_database) as browser:
        page = browser.get(path)

        assert page.status_code == 503
        assert "The database has no tables of the console yet." in page.text
        assert "flask db upgrade" in page.text
        assert browser.get("/readyz").status_code == 503
        assert browser.get("/nowhere").status_code == 404


def test_without_tables_the_api_says_so(empty_database, make_app):
    app = make_app({"CONSOLE_ENV": "development"} | empty_database)
    token = f"rfc_{'x' * 43}"
    headers = {"Authorization": f"Bearer {token}{zlib.crc32(token.encode()):08x}"}

    answer = app.test_client().get("/api/v1/settings", headers=headers)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    sentence = "The database has no tables of the console yet. Nothing was saved."
    assert answer.json["detail"] == sentence


def test_at_the_right_revision_the_console_is_ready(visitor):
    ready = visitor.get("/readyz")

    assert ready.response.json == {"status": "ok", "revision": revisions.head()}


@contextmanager
def without_table(session, name):
    session.execute(text(f"ALTER TABLE {name} RENAME TO put_aside"))
    session.commit()
    try:
        yield
    finally:
        session.commit()
        session.execute(text(f"ALTER TABLE put_aside RENAME TO {name}"))
        session.commit()


def test_what_cannot_be_recorded_is_not_done(sign_in, vera, session):
    browser = sign_in(vera)
    page = browser.get("/account/password")

    with without_table(session, "console_audit_events"):
        answer = page.submit(current=PASSWORD, password=NEW)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert vera.password_hash == PASSWORD_HASH
    assert browser.get("/account").status_code == 200


def test_who_cannot_be_recorded_is_not_let_in(visitor, vera, session):
    page = visitor.get("/login")

    with without_table(session, "console_audit_events"):
        answer = page.submit(username="vera", password=PASSWORD)

    assert answer.status_code == 503
    assert session.scalars(select(ConsoleSession)).all() == []


def test_a_statement_that_fails_shows_nothing_of_itself(sign_in, vera, session):
    browser = sign_in(vera)

    with without_table(session, "console_links"):
        page = browser.get("/reset/x")

    assert page.status_code == 503
    assert not re.search(r"(?i)console_links|select|traceback|sqlalchemy", page.html)
    assert shown_request(page) == page.headers["X-Request-Id"]


@contextmanager
def with_a_check(session, database_name):
    """Have the database refuse long values, as its owner may."""
    table = "ALTER TABLE application_settings"
    make, end = f"{table} ADD CONSTRAINT short CHECK (length(value) < 100)", "DROP CONSTRAINT short"
    if database_name == "sqlite":
        make = (
            "CREATE TRIGGER short BEFORE UPDATE ON application_settings"
            " WHEN length(NEW.value) > 99 BEGIN SELECT RAISE(ABORT, 'too long'); END"
        )
        table, end = "", "DROP TRIGGER short"
    session.execute(text(make))
    session.commit()
    try:
        yield
    finally:
        session.commit()
        session.execute(text(f"{table} {end}"))
        session.commit()


def test_a_rule_of_the_database_itself_is_no_absence(sign_in, ada, session, database_name):
    browser, path = sign_in(ada), f"/settings/{by_key(session, 'llm_model').id}"
    page = browser.get(path)

    with with_a_check(session, database_name):
        answer = page.submit("edit", value="too-long" * 20)

    assert answer.status_code == 503
    assert "The database refused this. Nothing was saved." in answer.text
    assert "too-long" * 20 in answer.html


@pytest.fixture
def read_only(app):
    def refuse_writing(connection, *_):
        connection.execute("PRAGMA query_only = ON").close()

    with app.app_context():
        engine = db.engine
    event.listen(engine, "checkout", refuse_writing)
    yield
    event.remove(engine, "checkout", refuse_writing)
    engine.dispose()


@pytest.mark.only_on("sqlite")
def test_a_file_that_cannot_be_written_to_can_be_looked_at(sign_in, vera, session, request):
    browser = sign_in(vera)
    session.execute(update(ConsoleSession).values(last_seen_at=utcnow() - timedelta(minutes=2)))
    page = browser.get("/account/password")
    request.getfixturevalue("read_only")

    assert browser.get("/account").status_code == 200
    answer = page.submit(current=PASSWORD, password=NEW)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert vera.password_hash == PASSWORD_HASH


@pytest.mark.only_on("postgresql", "mysql")
def test_where_the_connection_breaks_at_commit_the_page_claims_nothing(
    sign_in, ada, session, database
):
    browser, setting = sign_in(ada), by_key(session, "chunk_size")
    page = browser.get(f"/settings/{setting.id}")

    engine = database.engine()
    with engine.connect() as other, cut_at_commit(session.get_bind(), other):
        answer = page.submit(value="777")
    engine.dispose()

    assert (answer.status_code, "Retry-After" in answer.headers) == (503, False)
    assert "We cannot tell whether this was saved" in answer.text
    assert "look before you try again" in answer.text
    assert "Nothing was saved" not in answer.text
    assert shown_request(answer) == answer.headers["X-Request-Id"]
    session.expire_all()
    assert (setting.value, browser.get(f"/settings/{setting.id}").status_code) == ("1000", 200)


@pytest.mark.only_on("postgresql", "mysql")
@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/login", {"username": "vera", "password": PASSWORD}),
        ("/account/password", {"current": PASSWORD, "password": NEW}),
    ],
)
def test_what_only_prepares_is_in_no_doubt(sign_in, vera, session, database, path, fields, visitor):
    browser = visitor if path == "/login" else sign_in(vera)
    page = browser.get(path)

    engine = database.engine()
    with engine.connect() as other, cut_at_commit(session.get_bind(), other):
        answer = page.submit(**fields)
    engine.dispose()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Nothing was saved" in answer.text
    session.expire_all()
    assert vera.password_hash == PASSWORD_HASH
    assert page.submit(**fields).status_code == 303


@pytest.fixture
def mistaken(app, monkeypatch):
    """The console with a mistake in its overview."""

    @access.signed_in
    def overview():
        raise LookupError("a detail that is nobody's business")

    monkeypatch.setitem(app.view_functions, "home.overview", overview)


@pytest.mark.usefixtures("mistaken")
def test_a_mistake_of_the_console_is_a_page_without_detail(sign_in, vera):
    page = sign_in(vera).get("/")

    assert page.status_code == 500
    assert "Something went wrong" in page.text
    assert shown_request(page) == page.headers["X-Request-Id"]
    assert not re.search(r"(?i)detail|traceback|LookupError|\.py|Retry-After", page.html)


@pytest.mark.usefixtures("mistaken")
def test_after_a_mistake_the_next_page_is_fine(sign_in, vera):
    browser = sign_in(vera)
    browser.get("/")

    assert browser.get("/account").status_code == 200


def test_an_error_page_keeps_the_way_around_for_who_is_signed_in(sign_in, ada, visitor):
    signed_in, stranger = sign_in(ada).get("/nowhere"), visitor.get("/nowhere")

    assert signed_in.status_code == stranger.status_code == 404
    assert "/settings" in signed_in.links
    assert signed_in.link("Go to the overview") == "/"
    assert stranger.link("Go to sign in") == "/login"
    assert "/settings" not in stranger.links


def test_a_method_that_an_address_does_not_take_is_named(visitor):
    answer = visitor.open("/login", "PUT")

    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert "That action is not available here" in answer.text


@pytest.mark.parametrize("path", ["/nowhere", "/users/0", "/static/none", "/setup/x", "/account/"])
def test_every_error_page_names_its_request(visitor, path):
    page = visitor.get(path)

    assert page.status_code == 404
    if "Request" in page.text:
        assert shown_request(page) == page.headers["X-Request-Id"]


def test_two_requests_have_two_ids(visitor):
    assert len({visitor.get("/nowhere").headers["X-Request-Id"] for _ in range(5)}) == 5


def test_a_denial_is_recorded_and_says_what_is_needed(sign_in, omar, session):
    page = sign_in(omar).get("/settings")

    assert page.status_code == 403
    assert "settings:read" in page.text
    recorded = session.execute(
        text("SELECT action, target_name, actor_name, request_id FROM console_audit_events")
    ).one()
    assert tuple(recorded) == (
        "permission:denied",
        "/settings",
        "omar",
        page.headers["X-Request-Id"],
    )
