"""An answer that was right stays right, whatever happens while its request is torn down."""

import pytest
from sqlalchemy.exc import DBAPIError

from app.domain.settings import by_key
from app.extensions import db
from app.web.security import HEADERS
from app.web.session import identity
from tests.support.browsing import Browser
from tests.support.cookies import cookie
from tests.support.cutting import Proxy
from tests.support.databases import SECRET_KEY

PAGES = ("/", "/users", "/nowhere", "/login", "/readyz")


@pytest.fixture
def way(database):
    """A way to the database that can be cut."""
    proxy = Proxy(database.url)
    yield proxy
    proxy.close()


@pytest.fixture
def by_the_way(way, database, make_app, sign_in, ada):
    """Ada's browser, at a console that goes this way to the database."""
    console = make_app(database.environ | {"DATABASE_URL": way.url, "SECRET_KEY": SECRET_KEY})
    browser = Browser(console.test_client())
    token = sign_in(ada).client.get_cookie(cookie("console"))
    browser.client.set_cookie(cookie("console"), token.value)
    return browser


def assert_is_whole(page):
    assert {name: page.headers[name] for name in HEADERS} == HEADERS
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Request-Id"]


@pytest.mark.only_on("postgresql", "mysql")
@pytest.mark.parametrize("path", PAGES)
def test_wherever_the_connection_is_cut_a_page_is_whole(by_the_way, way, path, database_name):
    right, statuses = by_the_way.get(path).status_code, []

    for _ in way.cuts():
        answer = by_the_way.get(path)
        assert_is_whole(answer)
        statuses.append(answer.status_code)
        way.mend()
        assert by_the_way.get(path).status_code == right

    assert set(statuses) <= {right, 503}
    if database_name == "mysql":
        # Two messages follow the last statement. PostgreSQL reads without a transaction.
        assert statuses[-3:] == [right] * 3


@pytest.mark.only_on("postgresql", "mysql")
def test_wherever_the_connection_is_cut_a_save_tells_what_became_of_it(by_the_way, way, session):
    setting = by_key(session, "chunk_size")
    page = by_the_way.get(f"/settings/{setting.id}")
    outcomes = []

    for value, _ in enumerate(way.cuts(), start=2000):
        answer = page.submit(value=str(value), unset=False)
        assert_is_whole(answer)
        way.mend()
        page = by_the_way.get(f"/settings/{setting.id}")
        outcomes.append((answer.status_code, str(value) in page.value("value")))

    assert set(outcomes) == {(503, False), (303, True)}


@pytest.mark.only_on("postgresql", "mysql")
def test_wherever_the_connection_is_cut_a_download_is_whole_or_breaks_off(by_the_way, way):
    form = by_the_way.get("/users/export")
    file, outcomes = form.submit().html, []

    for _ in way.cuts():
        try:
            answer = form.submit()
        except DBAPIError:
            outcomes.append("broken off")  # The server closes the connection before the end.
        else:
            outcomes.append("whole" if answer.html == file else answer.status_code)

    # Few users are one batch, which MariaDB may have sent before the answer begins.
    assert {"whole", 503} <= set(outcomes) <= {"whole", "broken off", 503}
    # The ROLLBACK of the last batch is cut, and then nothing is.
    assert outcomes[-2:] == ["whole", "whole"]


@pytest.mark.only_on("sqlite")
def test_what_fails_in_tear_down_is_for_the_log(app, visitor, monkeypatch, caplog):
    def fail(*_):
        raise LookupError("nobody's business")

    monkeypatch.setattr(app, "teardown_appcontext_funcs", [*app.teardown_appcontext_funcs, fail])
    monkeypatch.setitem(app.teardown_request_funcs, None, [fail])

    page = visitor.get("/login")

    assert_is_whole(page)
    assert (page.status_code, "nobody" in page.html) == (200, False)
    logged = [record.message for record in caplog.records if "LookupError" in str(record.exc_info)]
    assert logged == ["Tear-down failed."] * 2
    with app.app_context():
        assert db.engine.pool.checkedout() == 0


@pytest.mark.only_on("sqlite")
def test_after_a_tear_down_that_failed_nobody_finds_the_session(app, monkeypatch):
    def fail(*_):
        raise OSError("The session cannot be closed.")

    monkeypatch.setattr(db.session, "remove", fail)
    with app.app_context():
        db.session.connection()

    assert list(db.session.registry.registry) == []


@pytest.mark.only_on("sqlite")
def test_an_error_page_that_cannot_be_made_is_another_one(app, visitor, monkeypatch):
    def fail():
        raise LookupError("nobody's business")

    app.config["TESTING"] = False
    monkeypatch.setattr(identity, "load_if_possible", fail)

    page = visitor.get("/nowhere")

    assert_is_whole(page)
    assert page.status_code == 500
    assert "Something went wrong" in page.text
    assert "nobody" not in page.html
