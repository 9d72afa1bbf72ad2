"""A database that takes no changes, has no room or gives no rights is told as what it is."""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import event, make_url, text, update
from sqlalchemy.exc import DBAPIError

from app.cli.failures import of_database
from app.database.problems import public_sentence
from app.domain.settings import by_key
from app.extensions import db
from app.models import User
from tests.support import servers
from tests.support.api import Program
from tests.support.databases import Database
from tests.support.tokens import token_of

READ_ONLY = "The database is read-only and takes no changes."
NO_ROOM = "The database has no room: its disk is full, or a quota is used up."
NOT_SPARE = "The database server has no connection to spare."
NO_TIME = "A row of the database holds a time that cannot be read."
NO_RIGHT = "The database does not give its user a right that this needs."
QUERY_ONLY = {
    "sqlite": "PRAGMA query_only = ON",
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
}


@contextmanager
def at_every_checkout(app, statement):
    """Have every connection of the console run a statement first."""

    def run(connection, *_):
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        if app.config["CONSOLE"].database_url.get_backend_name() != "sqlite":
            connection.commit()

    with app.app_context():
        engine = db.engine
        engine.dispose()
    event.listen(engine, "checkout", run)
    try:
        yield
    finally:
        event.remove(engine, "checkout", run)
        engine.dispose()


def is_told(app, flask, browser, page, sentence):
    """Look at the interfaces: a page that saves, commands, the doctor and the readiness."""
    answer = page.submit(value="777")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert f"{sentence} Nothing was saved." in answer.text
    assert browser.get("/settings").status_code == 200
    ready = app.test_client().get("/readyz")
    assert (ready.status_code, ready.json["reason"]) == (503, sentence)
    done = flask("settings", "set", "chunk_size", "600")
    assert (done.code, done.out, done.err.count("\n")) == (3, "", 1)
    assert done.err.startswith(f"Error: {app.config['CONSOLE'].where}: {sentence}")
    examined = flask("doctor")
    assert examined.code == 1
    assert f"wrong    writing: {app.config['CONSOLE'].where}: {sentence}" in examined.out


def test_a_database_that_takes_no_changes_can_be_looked_at_and_says_so(
    app, flask, sign_in, ada, session, database_name
):
    browser = sign_in(ada)
    page = browser.get(f"/settings/{by_key(session, 'chunk_size').id}")
    session.execute(text("UPDATE console_sessions SET last_seen_at = last_seen_at"))
    session.commit()

    with at_every_checkout(app, QUERY_ONLY[database_name]):
        is_told(app, flask, browser, page, READ_ONLY)

    assert app.test_client().get("/readyz").status_code == 200
    assert by_key(session, "chunk_size").value == "1000"


@pytest.mark.only_on("mysql")
@pytest.mark.parametrize("number", [1036, 1881])
def test_a_server_that_recovers_and_lets_nobody_write_is_read_only(
    app, flask, sign_in, ada, session, number
):
    browser = sign_in(ada)
    page = browser.get(f"/settings/{by_key(session, 'chunk_size').id}")
    # As innodb_read_only and innodb_force_recovery answer.
    session.execute(
        text(
            "CREATE TRIGGER recovering BEFORE INSERT ON console_audit_events FOR EACH ROW SIGNAL"
            f" SQLSTATE 'HY000' SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = 'Table is read only'"
        )
    )
    session.commit()
    try:
        is_told(app, flask, browser, page, READ_ONLY)
    finally:
        session.rollback()
        session.execute(text("DROP TRIGGER recovering"))
        session.commit()


@pytest.mark.only_on("sqlite")
def test_a_full_disk_is_told_on_sqlite(app, flask, sign_in, ada, session):
    browser = sign_in(ada)
    page = browser.get(f"/settings/{by_key(session, 'chunk_size').id}")
    more_than_free = 4096 * (session.scalar(text("PRAGMA freelist_count")) + 1)
    session.execute(update(User).values(bio="x" * more_than_free))
    session.commit()
    pages = session.scalar(text("PRAGMA page_count"))
    session.rollback()

    with at_every_checkout(app, f"PRAGMA max_page_count = {pages}"):
        ready = app.test_client().get("/readyz")

    assert (ready.status_code, ready.json["reason"]) == (503, NO_ROOM)
    assert page.status_code == 200


TRIGGERS = {
    "postgresql": (
        (
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$"
        ),
        (
            "CREATE TRIGGER full_disk BEFORE INSERT ON console_audit_events FOR EACH ROW"
            " EXECUTE FUNCTION full_disk()"
        ),
        "DROP FUNCTION full_disk CASCADE",
    ),
    "mysql": (
        "SELECT 1",
        (
            "CREATE TRIGGER full_disk BEFORE INSERT ON console_audit_events FOR EACH ROW SIGNAL"
            " SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'The table is full'"
        ),
        "DROP TRIGGER full_disk",
    ),
}


@pytest.mark.only_on("postgresql", "mysql")
def test_a_full_disk_is_told_on_servers(app, flask, sign_in, ada, session, database_name):
    browser = sign_in(ada)
    page = browser.get(f"/settings/{by_key(session, 'chunk_size').id}")
    *make, unmake = TRIGGERS[database_name]
    for statement in make:
        session.execute(text(statement))
    session.commit()
    try:
        is_told(app, flask, browser, page, NO_ROOM)
    finally:
        session.rollback()
        session.execute(text(unmake))
        session.commit()


BUSY = "The database was busy for too long: another program keeps what is needed locked."
LOCKS = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "SELECT * FROM application_settings FOR UPDATE",
    "mysql": "SELECT * FROM application_settings FOR UPDATE",
}


def test_what_another_program_keeps_locked_is_told(
    app, sign_in, ada, session, flask, database, database_name, caplog
):
    browser, program = sign_in(ada), Program(app.test_client(), token_of(session, ada))
    page = browser.get(f"/settings/{by_key(session, 'chunk_size').id}")
    session.rollback()

    engine = database.engine()
    with engine.connect() as other:
        other.exec_driver_sql(LOCKS[database_name])
        answer = page.submit("edit", value="777")
        sent = program.send("PUT", "/settings/chunk_size", {"value": 777}, If_Match="*")
        done = flask("settings", "set", "chunk_size", "777")
    engine.dispose()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert f"{BUSY} Nothing was saved. Try again in a few seconds." in answer.text
    assert (sent.status_code, sent.json["detail"]) == (503, f"{BUSY} Nothing was saved.")
    assert (done.code, done.err.count("\n")) == (3, 1)
    assert f": {BUSY} Try again, or end the other program. The database says:" in done.err
    assert caplog.text.count(BUSY) == 2
    assert page.submit("edit", value="778").status_code == 303


@pytest.fixture
def servant(empty_database, database_name, equipment):
    """A user of the server's who may only connect: the environ, and what gives rights."""
    server = equipment.servers()[database_name]
    url = make_url(empty_database["DATABASE_URL"])
    name, password = f"console_test_{id(url)}", "geheim"
    is_mysql = database_name == "mysql"
    user = f"'{name}'@'%'" if is_mysql else name
    made = f"IDENTIFIED BY '{password}'" if is_mysql else f"LOGIN PASSWORD '{password}'"
    servers.administrate(server, f"CREATE USER {user} {made}")
    if is_mysql:
        servers.administrate(server, f"GRANT SELECT ON {url.database}.* TO {user}")
    plain = url.set(username=name, password=password)
    plain_url = plain.render_as_string(hide_password=False)

    def allow(*statements):
        engine = Database(database_name, empty_database["DATABASE_URL"]).engine()
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement.format(user=user, database=url.database)))
        engine.dispose()

    yield Database(database_name, plain_url).environ, allow
    if not is_mysql:
        allow("DROP OWNED BY {user} CASCADE")
    servers.administrate(server, f"DROP USER {user}")


@pytest.mark.only_on("postgresql", "mysql")
def test_an_upgrade_without_rights_names_the_cure_which_works(servant, make_app):
    environ, allow = servant
    app = make_app(environ)
    runner = app.test_cli_runner()

    refused = runner.invoke(args=["db", "upgrade"])

    assert (refused.exit_code, refused.stderr.count("\n")) == (3, 1)
    assert refused.stderr.startswith(f"Error: {app.config['CONSOLE'].where}: {NO_RIGHT}")
    assert "geheim" not in refused.stderr
    cure = re.search(r"(?i)run(?: there)?: (GRANT .*)$", refused.stderr.strip())[1]
    allow(cure.replace("{", "{{"))
    with app.app_context():
        db.engine.dispose()
    assert runner.invoke(args=["db", "upgrade"]).exit_code == 0


REVOKED = {
    "postgresql": (
        "GRANT USAGE ON SCHEMA public TO {user}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {user}",
    ),
    "mysql": ("SELECT 1",),
}


@pytest.mark.only_on("postgresql", "mysql")
def test_rights_that_were_revoked_are_told(servant, empty_database, make_app, database_name):
    owner = make_app(empty_database)
    assert owner.test_cli_runner().invoke(args=["db", "upgrade"]).exit_code == 0
    environ, allow = servant
    allow(*REVOKED[database_name])
    app = make_app(environ)

    ready = app.test_client().get("/readyz")
    done = app.test_cli_runner().invoke(args=["settings", "set", "chunk_size", "600"])
    examined = app.test_cli_runner().invoke(args=["doctor"])

    assert (ready.status_code, ready.json["reason"]) == (503, NO_RIGHT)
    assert (done.exit_code, done.stderr.count("\n")) == (3, 1)
    assert f"{NO_RIGHT} " in done.stderr
    assert "GRANT " in done.stderr
    assert f"{NO_RIGHT} " in examined.stdout


@pytest.mark.only_on("mysql")
def test_a_quota_that_is_used_up_is_told(servant, make_app):
    environ, allow = servant
    allow("GRANT ALL ON {database}.* TO {user}")
    app = make_app(environ)
    assert app.test_cli_runner().invoke(args=["db", "upgrade"]).exit_code == 0
    allow("ALTER USER {user} WITH MAX_UPDATES_PER_HOUR 1")
    with app.app_context():
        db.engine.dispose()

    for _ in range(2):
        done = app.test_cli_runner().invoke(args=["settings", "set", "chunk_size", "600"])
    ready = app.test_client().get("/readyz")

    assert (done.exit_code, done.stderr.count("\n")) == (3, 1)
    assert NO_ROOM in done.stderr
    assert ready.json["reason"] == NO_ROOM


ONE_CONNECTION = {
    "postgresql": "ALTER ROLE {user} CONNECTION LIMIT 1",
    "mysql": "ALTER USER {user} WITH MAX_USER_CONNECTIONS 1",
}


@pytest.mark.only_on("postgresql", "mysql")
def test_a_server_without_a_connection_to_spare_is_told(servant, make_app, database_name, caplog):
    environ, allow = servant
    allow(ONE_CONNECTION[database_name])
    app, holder = make_app(environ), Database(database_name, environ["DATABASE_URL"]).engine()

    with holder.connect():
        page = app.test_client().get("/login")
        ready = app.test_client().get("/readyz")
        done = app.test_cli_runner().invoke(args=["settings", "list"])
        examined = app.test_cli_runner().invoke(args=["doctor"])
    holder.dispose()

    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert f"{NOT_SPARE} Nothing was saved." in page.text
    assert (ready.status_code, ready.json["reason"]) == (503, NOT_SPARE)
    assert (done.exit_code, done.stderr.count("\n")) == (3, 1)
    for told in (done.stderr, examined.stdout, caplog.text):
        assert "the server has no connection to spare. Check DB_POOL_SIZE" in told


@pytest.mark.only_on("sqlite")
def test_connections_that_are_all_in_use_are_told(database, make_app):
    few = {"DB_POOL_SIZE": "1", "DB_MAX_OVERFLOW": "0", "DB_POOL_TIMEOUT": "1"}
    app = make_app(database.environ | few)

    with app.app_context(), db.engine.connect():
        page = app.test_client().get("/login")

    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert "All connections of the console to the database are in use." in page.text


@pytest.mark.only_on("postgresql")
def test_a_database_that_was_made_read_only_is_told(servant, make_app):
    environ, allow = servant
    allow("GRANT CREATE, USAGE ON SCHEMA public TO {user}")
    app = make_app(environ)
    assert app.test_cli_runner().invoke(args=["db", "upgrade"]).exit_code == 0
    allow("ALTER DATABASE {database} SET default_transaction_read_only = on")
    with app.app_context():
        db.engine.dispose()

    ready = app.test_client().get("/readyz")
    run = app.test_cli_runner().invoke
    commands = (["settings", "set", "chunk_size", "600"], ["users", "search-index", "build"])
    refused = [run(args=command) for command in commands]
    page = app.test_client().get("/login")
    reset = "ALTER DATABASE {database} RESET default_transaction_read_only"
    allow("SET TRANSACTION READ WRITE", reset)

    assert (ready.status_code, ready.json["reason"]) == (503, READ_ONLY)
    assert [(done.exit_code, READ_ONLY in done.stderr) for done in refused] == [(3, True)] * 2
    assert page.status_code == 200


@pytest.mark.only_on("postgresql")
def test_a_search_path_without_a_schema_is_told(servant, make_app):
    environ, allow = servant
    allow("DROP SCHEMA public")

    result = make_app(environ).test_cli_runner().invoke(args=["db", "upgrade"])

    assert (result.exit_code, result.stderr.count("\n")) == (3, 1)
    assert "The database has no schema for tables. Run: CREATE SCHEMA public" in result.stderr


@pytest.mark.only_on("postgresql", "mysql")
def test_a_statement_that_takes_too_long_is_told_apart_from_a_lock(session, database_name):
    slow = {
        "postgresql": "SET statement_timeout = 50; SELECT pg_sleep(5)",
        "mysql": "SET STATEMENT max_statement_time = 0.05 FOR SELECT SLEEP(5)",
    }

    with pytest.raises(DBAPIError) as slowly:
        session.execute(text(slow[database_name]))
    session.rollback()
    told = of_database(slowly.value)

    assert told.exit_code == 3
    assert (
        "The database took too long: it has much to do, or another program keeps what is needed"
        " locked. Try again later, or raise DB_STATEMENT_TIMEOUT. The database says: "
    ) in told.format_message()
    assert public_sentence(slowly.value).startswith("The database took too long: ")


@pytest.mark.only_on("sqlite")
def test_a_file_that_somebody_keeps_locked_takes_changes(app, database):
    engine = database.engine()
    with engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        ready = app.test_client().get("/readyz")
    engine.dispose()

    assert ready.status_code == 200


def test_the_probe_leaves_nothing_behind(app, session):
    assert app.test_client().get("/readyz").status_code == 200

    assert session.scalar(text("SELECT count(*) FROM console_audit_events")) == 0


@pytest.mark.only_on("sqlite")
def test_text_that_is_not_utf_8_is_told_in_one_line(sign_in, ada, session, flask):
    browser = sign_in(ada)
    key = "UPDATE application_settings SET value = CAST(x'ff31' AS TEXT) WHERE key = 'chunk_size'"
    session.execute(text(key))
    session.commit()

    page, done = browser.get("/settings"), flask("settings", "get", "chunk_size")
    session.execute(text("UPDATE application_settings SET value = '1000' WHERE key = 'chunk_size'"))
    session.commit()

    assert page.status_code == 503
    assert "A row of the database holds text that is not UTF-8." in page.text
    assert (done.code, done.err.count("\n")) == (3, 1)
    assert "holds text that is not UTF-8. Correct the row" in done.err


def store_times(session, stored):
    """Store something as the times of all settings and users."""
    for assignment in ("application_settings SET updated_at", "users SET created_at"):
        session.execute(text(f"UPDATE {assignment} = {stored}"))
    session.commit()


@pytest.mark.only_on("sqlite", "mysql")
@pytest.mark.parametrize("stored", ["'yesterday'", "x'ff00'", "'0001-01-01 00:00+05:00'", "0"])
def test_times_that_cannot_be_read_are_told_in_one_line(
    app, sign_in, ada, session, flask, database_name, stored
):
    if database_name == "mysql":
        session.execute(text("SET sql_mode = ''"))
        stored = "'0000-00-00 00:00:00'"
    browser, program = sign_in(ada), Program(app.test_client(), token_of(session, ada))
    paths = (f"/settings/{by_key(session, 'chunk_size').id}", f"/users/{ada.id}")
    store_times(session, stored)

    pages = [browser.get(path) for path in paths]
    answers = [program.get(path) for path in ("/settings/chunk_size", "/users/ada")]
    done, examined = flask("settings", "set", "chunk_size", "600"), flask("doctor")
    store_times(session, "'2026-01-01 00:00:00'")
    if database_name == "mysql":
        session.execute(text("SET sql_mode = 'TRADITIONAL'"))

    for page in pages:
        assert (page.status_code, f"{NO_TIME} Nothing was saved." in page.text) == (503, True)
    for answer in answers:
        assert (answer.status_code, answer.json["detail"]) == (503, f"{NO_TIME} Nothing was saved.")
    assert (done.code, done.err.count("\n")) == (3, 1)
    assert f": {NO_TIME} Correct the row" in done.err
    assert (examined.code, examined.err) == (1, "")
    assert f"Not checked to the end. {app.config['CONSOLE'].where}: {NO_TIME}" in examined.out
