"""A database that cannot store every character, and values that no driver can encode."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError

from app.extensions import db
from tests.support import servers
from tests.support.databases import Database
from tests.web.test_failures import shown_request

SENTENCE = "The encoding of the database is {}, and the console needs UTF8."


@pytest.fixture(params=["LATIN1", "SQL_ASCII"])
def narrow(request, all_databases, equipment):
    """The environ of a PostgreSQL database that lacks characters, and its encoding."""
    if "postgresql" not in equipment.servers():
        pytest.skip("postgresql is not available")
    server = equipment.servers()["postgresql"]
    name = f"console_test_{request.param.lower()}_{id(request)}"
    servers.administrate(
        server,
        f"CREATE DATABASE {name} ENCODING '{request.param}' TEMPLATE template0"
        " LC_COLLATE 'C' LC_CTYPE 'C'",
    )
    url = servers.driver_url(server.url).set(drivername="postgresql", database=name)
    yield (
        Database("postgresql", url.render_as_string(hide_password=False)).environ,
        request.param,
    )
    servers.administrate(server, f"DROP DATABASE {name} WITH (FORCE)")


def test_another_encoding_is_refused_by_commands_pages_and_readiness(narrow, make_app):
    environ, encoding = narrow
    app = make_app(environ)
    where = app.config["CONSOLE"].where
    line = f"No connection to {where}: its encoding is {encoding}, and the console needs UTF8."

    for command in ("db upgrade", "db current", "users list", "settings set chunk_size 5"):
        done = app.test_cli_runner().invoke(args=command.split())
        assert (done.exit_code, done.stderr) == (3, f"Error: {line} Check DATABASE_URL.\n")
    done = app.test_cli_runner().invoke(args=["doctor"])
    assert (done.exit_code, f"wrong    connection: {line}" in done.stdout) == (1, True)

    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["reason"]) == (503, SENTENCE.format(encoding))
    for path in ("/", "/settings"):
        page = client.get(path)
        assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
        assert SENTENCE.format(encoding) in page.text


@pytest.mark.only_on("postgresql")
def test_the_encoding_of_the_client_is_the_consoles_own(database, make_app):
    name = servers.driver_url(database.url).database
    engine = database.engine()
    with engine.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} SET client_encoding = 'LATIN1'"))
        connection.commit()
        try:
            with make_app(database.environ).app_context():
                found = db.session.scalar(
                    text("SELECT 'Łódź 5 €' || current_setting(:x)"), ENCODING
                )
        finally:
            connection.execute(text(f"ALTER DATABASE {name} RESET client_encoding"))
            connection.commit()

    assert found == "Łódź 5 €UTF8"


ENCODING = {"x": "client_encoding"}


def test_what_a_driver_cannot_encode_is_an_error_of_the_value(session):
    for value in ("\ud800", "a\0b", 2**70):
        try:
            session.execute(text("SELECT :value"), {"value": value})
        except DataError as error:
            assert error.statement  # noqa: PT017 - some databases take some of the values
        session.rollback()
    with pytest.raises(DataError):
        session.execute(text("SELECT :value"), {"value": "\ud800"})


def test_a_page_that_asks_for_such_a_value_says_so(app, sign_in, ada, monkeypatch):
    def overview():
        return str(db.session.scalar(text("SELECT :value"), {"value": "\ud800"}))

    overview.access = app.view_functions["home.overview"].access
    monkeypatch.setitem(app.view_functions, "home.overview", overview)

    page = sign_in(ada).get("/")

    assert page.status_code == 422
    assert "The database cannot store or look up a value that was sent." in page.text
    assert shown_request(page) == page.headers["X-Request-Id"]
