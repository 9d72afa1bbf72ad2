import contextlib
import gc
import socket
import struct
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from urllib.parse import quote

import psycopg
import pymysql
import pytest
from psycopg import sql
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from app import config
from app.config import Configuration
from app.database import broken_connections, connections, opening, problems
from tests.support import servers
from tests.support.cutting import Proxy

PASSWORDS = ["p@:/?#[]%&=+", "single'double\"back\\slash", "é", "€", "%41 +$"]
THREADS, ROUNDS = 4, 100

NUMBER = {"postgresql": "SELECT pg_backend_pid()", "mysql": "SELECT connection_id()"}
OPEN = {
    "postgresql": "SELECT pid FROM pg_stat_activity",
    "mysql": "SELECT id FROM information_schema.processlist",
}
END = {"postgresql": "SELECT pg_terminate_backend({})", "mysql": "KILL {}"}

Connect = Callable[..., Engine]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Make engines as the console does, and close them in the end."""
    engines: list[Engine] = []

    def make(configuration: Configuration, **more: object) -> Engine:
        made = create_engine(configuration.database_url, **{**configuration.engine_options, **more})
        connections.prepare(made)
        engines.append(made)
        return made

    yield make
    for made in engines:
        made.dispose()


@pytest.fixture
def sqlite(tmp_path, connect) -> Engine:
    """A SQLite file with one counter in it."""
    configuration = config.read({"SQLITE_PATH": str(tmp_path / "x.db")})
    connections.create_file(configuration)
    made = connect(configuration)
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE counter (value INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))
    return made


def begins(made: Engine) -> list[str]:
    """Return a list to which every statement that begins or ends something will be added."""
    seen: list[str] = []

    @event.listens_for(made, "before_cursor_execute")
    def remember(_connection, _cursor, statement, *_rest) -> None:
        if statement.startswith(("BEGIN", "SAVEPOINT", "ROLLBACK", "RELEASE")):
            seen.append(statement)

    return seen


def end_connection(made: Engine, number: int) -> None:
    """Have the server end a connection, and wait until it has."""
    other = create_engine(made.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        connection.execute(text(END[made.name].format(number)))
        while number in connection.scalars(text(OPEN[made.name])):
            time.sleep(0.01)


def count(session: Session) -> int:
    return session.scalar(text("SELECT value FROM counter"))


def test_sqlite_keeps_what_it_promises(sqlite):
    with sqlite.connect() as connection:
        names = ("foreign_keys", "busy_timeout", "synchronous", "journal_mode")
        pragmas = {name: connection.scalar(text(f"PRAGMA {name}")) for name in names}

    assert pragmas == {
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "synchronous": 2,
        "journal_mode": "delete",
    }


def test_a_transaction_that_writes_begins_immediately(sqlite):
    seen = begins(sqlite)

    with Session(sqlite) as session:
        session.connection(execution_options={"write": True})
        session.commit()
        count(session)

    assert seen == ["BEGIN IMMEDIATE", "BEGIN"]


def test_what_was_asked_of_a_connection_is_forgotten_when_it_goes_back(sqlite):
    with sqlite.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT", write=True)
        connection.execute(text("UPDATE counter SET value = 1"))
    seen = begins(sqlite)

    with Session(sqlite) as session:
        session.execute(text("UPDATE counter SET value = 2"))
        session.rollback()
        assert count(session) == 1

    assert seen == ["BEGIN", "BEGIN"]


def test_a_savepoint_takes_back_only_its_own_part(sqlite):
    with Session(sqlite) as session:
        session.connection(execution_options={"write": True})
        session.execute(text("UPDATE counter SET value = 1"))
        with session.begin_nested() as savepoint:
            session.execute(text("UPDATE counter SET value = 2"))
            savepoint.rollback()
        with session.begin_nested():
            session.execute(text("UPDATE counter SET value = value + 10"))
        session.commit()
        assert count(session) == 11


def test_creating_a_table_is_taken_back_too(sqlite):
    with sqlite.connect() as connection:
        connection.execute(text("CREATE TABLE other (id INTEGER)"))
        connection.rollback()

        found = connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'other'"))

    assert found == 0


def test_two_who_write_take_turns(sqlite, connect):
    # However slow the machine is: that nobody waits for longer than the limit is another test's.
    configuration = config.read({"SQLITE_PATH": sqlite.url.database})
    patient = connect(configuration, connect_args={"timeout": 60})

    def add(_round: int) -> None:
        with Session(patient) as session:
            session.connection(execution_options={"write": True})
            session.execute(
                text("UPDATE counter SET value = :value"), {"value": count(session) + 1}
            )
            session.commit()

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(add, range(THREADS * ROUNDS)))

    with Session(sqlite) as session:
        assert count(session) == THREADS * ROUNDS


def test_who_reads_does_not_wait_for_who_is_about_to_write(sqlite):
    with Session(sqlite) as writer, Session(sqlite) as reader:
        writer.connection(execution_options={"write": True})
        writer.execute(text("UPDATE counter SET value = 1"))

        assert count(reader) == 0


def test_mysql_is_strict_and_in_utc(mysql_url, connect):
    made = connect(config.read({"DATABASE_URL": mysql_url}))

    with made.connect() as connection:
        row = connection.execute(
            text(
                "SELECT @@time_zone, @@sql_mode LIKE '%STRICT_ALL_TABLES%', "
                "@@innodb_lock_wait_timeout, @@character_set_connection"
            )
        ).one()
        length = connection.scalar(
            text("SELECT length(group_concat(seq)) FROM (SELECT repeat('x', 100000) AS seq) AS s")
        )

    assert tuple(row) == ("+00:00", 1, 5, "utf8mb4")
    assert length == 100000


def test_mysql_quotes_alike_whatever_the_server_is_set_to(mysql_url, connect):
    configuration = config.read({"DATABASE_URL": mysql_url})
    arguments = configuration.engine_options["connect_args"]
    ansi = {**arguments, "init_command": "SET sql_mode = 'ANSI_QUOTES'"}

    made = connect(configuration, connect_args=ansi)

    with made.connect():
        assert made.dialect.identifier_preparer.quote("two words") == "`two words`"


def test_postgresql_is_in_utc_and_does_not_wait_for_ever(postgresql_url, connect):
    made = connect(config.read({"DATABASE_URL": postgresql_url}))

    with made.connect() as connection:
        names = (
            "timezone",
            "statement_timeout",
            "lock_timeout",
            "idle_in_transaction_session_timeout",
            "jit",
        )
        assert [connection.scalar(text(f"SHOW {name}")) for name in names] == [
            "UTC",
            "10s",
            "5s",
            "1min",
            "off",
        ]


def test_times_of_a_postgresql_that_writes_them_in_another_style_are_read(postgresql_url, connect):
    plain = connect(config.read({"DATABASE_URL": postgresql_url}))
    quoted = plain.dialect.identifier_preparer.quote(plain.url.database)
    style = f"ALTER DATABASE {quoted} {{}} datestyle"
    with plain.begin() as connection:
        connection.execute(text(f"{style.format('SET')} = 'German'"))
    try:
        made = connect(config.read({"DATABASE_URL": postgresql_url}))
        with made.connect() as connection:
            assert connection.scalar(text("SELECT now()")).tzinfo is not None
    finally:
        with plain.begin() as connection:
            connection.execute(text(style.format("RESET")))


@pytest.mark.parametrize("idle", [0, 60])
@pytest.mark.parametrize("provider", ["postgresql", "mysql"])
def test_a_connection_that_was_lost_while_it_lay_idle_is_replaced(
    provider, idle, request, connect, monkeypatch
):
    made = connect(config.read({"DATABASE_URL": request.getfixturevalue(f"{provider}_url")}))
    with made.connect() as connection:
        number = connection.scalar(text(NUMBER[provider]))
    end_connection(made, number)
    now = broken_connections.time.monotonic()
    monkeypatch.setattr(broken_connections.time, "monotonic", lambda: now + idle)

    if not idle:
        # In use a moment ago: who gets it is told, and the next one gets a new one.
        with pytest.raises(DBAPIError), made.connect() as connection:
            connection.execute(text("SELECT 1"))
    with made.connect() as connection:
        assert connection.scalar(text(NUMBER[provider])) != number


@pytest.mark.parametrize("idle", [0, 60])
@pytest.mark.parametrize("provider", ["postgresql", "mysql"])
def test_a_server_that_stopped_in_its_tracks_is_not_waited_for(
    provider, idle, request, connect, monkeypatch
):
    way = Proxy(request.getfixturevalue(f"{provider}_url"))
    limits = {"DB_STATEMENT_TIMEOUT": "2", "DB_CONNECT_TIMEOUT": "1"}
    made = connect(config.read({"DATABASE_URL": way.url} | limits))
    with made.connect() as connection:
        connection.execute(text("SELECT 1"))
    now = broken_connections.time.monotonic()
    monkeypatch.setattr(opening, "PING_SECONDS", 1)
    monkeypatch.setattr(broken_connections, "time", SimpleNamespace(monotonic=lambda: now + idle))

    started = time.perf_counter()
    with way.stopped(), pytest.raises(OperationalError), made.connect() as connection:
        connection.execute(text("SELECT 1"))
    took = time.perf_counter() - started

    # A statement's two seconds, or a ping and a new connection, and a second to cancel.
    assert 1.5 < took < 6
    with made.connect() as connection:
        assert connection.scalar(text("SELECT 2")) == 2
    way.close()


@pytest.fixture
def demanding(postgresql_url, equipment):
    """A server that is told to wait for a standby, and has none."""
    server, reload = equipment.servers()["postgresql"], "SELECT pg_reload_conf()"
    with create_engine(servers.driver_url(postgresql_url), poolclass=NullPool).connect() as other:
        if other.scalar(text("SHOW synchronous_commit")) != "off":
            pytest.skip("other sessions of this server would wait as well")
    servers.administrate(server, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'", reload)
    yield
    servers.administrate(server, "ALTER SYSTEM RESET synchronous_standby_names", reload)


@pytest.mark.usefixtures("demanding")
def test_a_commit_that_no_standby_confirms_is_no_success(postgresql_url, connect):
    made = connect(config.read({"DATABASE_URL": postgresql_url}))

    with pytest.raises(DBAPIError, match="no standby") as raised:
        _commit_until_it_fails(made)

    assert raised.value.connection_invalidated


def _commit_until_it_fails(engine):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:  # It takes a moment until the server knows what it was told.
        with engine.begin() as connection:
            connection.connection.driver_connection.limit = 0.2
            connection.exec_driver_sql("SET synchronous_commit = 'on'")
            connection.exec_driver_sql("SELECT pg_logical_emit_message(true, 'a', 'change')")


def test_of_several_hosts_one_that_answers_is_found(postgresql_url, connect):
    url = make_url(postgresql_url)
    hosts = f"127.0.0.1:{_free_port()},{url.host}:{url.port or 5432}"
    both = f"postgresql://{_user_info(url.username, url.password)}@{hosts}/{url.database}"

    with connect(config.read({"DATABASE_URL": both})).connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1


@pytest.mark.parametrize("password", PASSWORDS)
def test_any_password_opens_postgresql(password, postgresql_url, connect):
    with _postgresql_user(postgresql_url, password) as user:
        for environ in _both_ways("postgresql", postgresql_url, user, password):
            made = connect(config.read(environ))
            with made.connect() as connection:
                assert connection.scalar(text("SELECT current_user")) == user
            made.dispose()


@pytest.mark.parametrize("password", PASSWORDS)
def test_any_password_opens_mysql(password, mysql_url, connect):
    with _mysql_user(mysql_url, password) as user:
        for environ in _both_ways("mysql", mysql_url, user, password):
            made = connect(config.read(environ))
            with made.connect() as connection:
                assert connection.scalar(text("SELECT current_user()")).startswith(f"{user}@")
            made.dispose()


def test_a_wrong_password_is_one_line(mysql_url, connect):
    with _mysql_user(mysql_url, "the right one") as user:
        for environ in _both_ways("mysql", mysql_url, user, "geheim"):
            variables = "DATABASE_URL" if "DATABASE_URL" in environ else "DB_USER and DB_PASSWORD"
            configuration, line = _problem(connect, environ)
            assert line == (
                f"No connection to {configuration.where}: the server does not accept the user "
                f"name or the password. Check {variables}."
            )


QUOTES = " The password stands in quotes, which are taken as a part of it."
ENDS = " The password begins or ends with {}, which is taken as a part of it."


@pytest.mark.parametrize(
    ("password", "hint"),
    [
        ("canary\n", ENDS.format("a line break")),
        ("canary\r\n", ENDS.format("a line break")),
        (" canary", ENDS.format("a space")),
        ("'canary'", QUOTES),
        ('"canary"', QUOTES),
        ("can ary", ""),
    ],
)
@pytest.mark.parametrize("provider", ["postgresql", "mysql"])
def test_what_cannot_be_seen_in_a_refused_password_is_said(
    provider, password, hint, request, connect
):
    url = make_url(request.getfixturevalue(f"{provider}_url"))
    for environ in _both_ways(provider, str(url), url.username, password):
        _, line = _problem(connect, environ)

        assert "does not accept the user name or the password. Check D" in line
        assert line.partition(". Check ")[2].partition(".")[2] == hint
        assert "canary" not in line


@pytest.mark.parametrize("name", ["postgresql", "mysql"])
def test_a_database_that_is_not_there_is_one_line(name, request, connect):
    url = make_url(request.getfixturevalue(f"{name}_url"))
    absent = url.set(database="absent_test").render_as_string(hide_password=False)

    configuration, line = _problem(connect, {"DATABASE_URL": absent})

    assert line == (
        f"No connection to {configuration.where}: the server has no such database. "
        "Check DATABASE_URL."
    )


@pytest.mark.parametrize("provider", ["postgresql", "mysql"])
def test_a_port_where_nothing_listens_is_one_line(provider, connect):
    port = str(_free_port())
    environ = {"DATABASE_PROVIDER": provider, "DB_HOST": "127.0.0.1", "DB_PORT": port}

    configuration, line = _problem(connect, environ | {"DB_PASSWORD": "geheim"})

    assert line == (
        f"No connection to {configuration.where}: nothing listens there. Check DB_HOST and DB_PORT."
    )


@pytest.mark.parametrize("provider", ["postgresql", "mysql"])
def test_a_host_without_an_address_is_one_line(provider, connect):
    environ = {"DATABASE_PROVIDER": provider, "DB_HOST": "db.invalid", "DB_PASSWORD": "geheim"}

    configuration, line = _problem(connect, environ)

    assert line == (
        f"No connection to {configuration.where}: the host name is not known. Check DB_HOST."
    )


@pytest.mark.parametrize("provider", ["postgresql", "mysql"])
# PyMySQL leaves the socket that it could not connect for the garbage collector to close.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_a_socket_that_is_not_there_is_one_line(provider, tmp_path, connect):
    environ = {"DATABASE_PROVIDER": provider, "DB_HOST": str(tmp_path / "absent")}

    configuration, line = _problem(connect, environ)
    gc.collect()

    assert line == (
        f"No connection to {configuration.where}: there is no socket. Check DB_HOST and DB_PORT."
    )


def test_tls_asked_of_a_server_without_it_is_one_line(connect):
    # The answer N to the request for TLS, by the protocol of PostgreSQL.
    with _server_that_says(b"N") as port:
        configuration, line = _problem(
            connect,
            {
                "DATABASE_URL": f"postgresql://u:geheim@127.0.0.1:{port}/d",
                "DB_SSLMODE": "require",
            },
        )

    assert line == (
        f"No connection to {configuration.where}: the server offers no TLS. Check DB_SSLMODE."
    )


@pytest.mark.parametrize("provider", ["postgresql", "mysql"])
def test_a_server_that_does_not_answer_is_one_line(provider, connect):
    with _server_that_says(b"") as port:
        configuration, line = _problem(
            connect,
            {
                "DATABASE_PROVIDER": provider,
                "DB_HOST": "127.0.0.1",
                "DB_PORT": str(port),
                "DB_CONNECT_TIMEOUT": "1",
                "DB_STATEMENT_TIMEOUT": "1",
            },
        )

    assert line == (
        f"No connection to {configuration.where}: there is no answer. Check DB_HOST and DB_PORT."
    )


def test_a_file_of_another_kind_is_one_line(tmp_path, connect):
    path = tmp_path / "x.db"
    path.write_text("This is not a database, however long it may be. " * 100)

    _, line = _problem(connect, {"SQLITE_PATH": str(path)})

    assert line == (
        f"No connection to SQLite file {path}: the file is not a SQLite database. "
        "Check SQLITE_PATH."
    )


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        (
            'FATAL:  password authentication failed for user "u"',
            (
                "the server does not accept the user name or the password. "
                "Check DB_USER and DB_PASSWORD."
            ),
        ),
        ('FATAL:  role "u" does not exist', "the server has no such user. Check DB_USER."),
        (
            'FATAL:  no pg_hba.conf entry for host "10.0.0.1", user "u", no encryption',
            (
                "the server does not let this user in from here, or not without TLS. "
                "Check DB_USER, DB_NAME and DB_SSLMODE."
            ),
        ),
        (
            "(1044, \"Access denied for user 'u'@'%' to database 'd'\")",
            "the user may not use this database. Check DB_USER and DB_NAME.",
        ),
        (
            '(2026, "SSL is required but the server doesn\'t support it")',
            "the server offers no TLS. Check DB_SSLMODE.",
        ),
        (
            "SSL error: certificate verify failed",
            (
                "the server's certificate cannot be trusted. "
                "Check DB_SSLMODE, DB_SSLROOTCERT and DB_HOST."
            ),
        ),
        (
            "FATAL:  sorry, too many clients already",
            "the server has no connection to spare. Check DB_POOL_SIZE and DB_MAX_OVERFLOW.",
        ),
        (
            "FATAL:  the database system is not yet accepting connections",
            "the server is starting, stopping or recovering. Try again, or look at its log.",
        ),
        (
            "connection failed: session is read-only",
            "no server there takes writes. Check DB_HOST.",
        ),
        (
            "received invalid response to SSL negotiation: d",
            "what listens there is another kind of server. Check DATABASE_PROVIDER and DB_PORT.",
        ),
        (
            "something new happened.\nand more",
            (
                "the driver reports something new happened. "
                "Check DB_HOST, DB_PORT, DB_USER, DB_PASSWORD and DB_NAME."
            ),
        ),
        (
            "something about geheim",
            (
                "the driver reports OperationalError. "
                "Check DB_HOST, DB_PORT, DB_USER, DB_PASSWORD and DB_NAME."
            ),
        ),
    ],
)
def test_the_words_of_a_driver_become_one_line(words, meaning):
    configuration = config.read({"DATABASE_PROVIDER": "postgresql", "DB_PASSWORD": "geheim"})

    line = problems.connection_problem(configuration, psycopg.OperationalError(words))

    assert line == (
        f"No connection to PostgreSQL at localhost:5432, database rag_fortress: {meaning}"
    )


def _problem(connect: Connect, environ: dict[str, str]) -> tuple[Configuration, str]:
    configuration = config.read(environ)
    with pytest.raises(DBAPIError) as raised, connect(configuration).connect() as connection:
        connection.execute(text("SELECT count(*) FROM sqlite_master"))
    line = problems.connection_problem(configuration, raised.value)
    assert "geheim" not in line
    return configuration, line


def _both_ways(provider: str, url: str, user: str, password: str) -> list[dict[str, str]]:
    """Return the two environments that name the same database for the same user."""
    place = make_url(url)
    port = str(place.port or {"postgresql": 5432, "mysql": 3306}[provider])
    parts = {
        "DATABASE_PROVIDER": provider,
        "DB_HOST": place.host or "localhost",
        "DB_PORT": port,
        "DB_USER": user,
        "DB_PASSWORD": password,
        "DB_NAME": place.database or "",
    }
    whole = f"{provider}://{_user_info(user, password)}@{place.host}:{port}/{place.database}"
    return [parts, {"DATABASE_URL": whole}]


def _user_info(user: str | None, password: str | None) -> str:
    quoted = quote(user or "", safe="")
    return f"{quoted}:{quote(password, safe='')}" if password else quoted


@contextlib.contextmanager
def _postgresql_user(url: str, password: str) -> Iterator[str]:
    place = make_url(url)
    user = f"console_test_{uuid.uuid4().hex[:8]}"
    name = sql.Identifier(user)
    with psycopg.connect(
        host=place.host,
        port=place.port,
        user=place.username,
        password=place.password,
        dbname=place.database,
        autocommit=True,
    ) as connection:
        make = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        connection.execute(make.format(name, sql.Literal(password)))
        try:
            yield user
        finally:
            connection.execute(sql.SQL("DROP ROLE {}").format(name))


@contextlib.contextmanager
def _mysql_user(url: str, password: str) -> Iterator[str]:
    place = make_url(url)
    user = f"console_test_{uuid.uuid4().hex[:8]}"
    with contextlib.closing(
        pymysql.connect(
            host=place.host,
            port=place.port or 3306,
            user=place.username,
            password=(place.password or "").encode(),
            charset="utf8mb4",
            autocommit=True,
        )
    ) as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE USER %s@'%%' IDENTIFIED BY %s", (user, password))
        try:
            cursor.execute(f"GRANT ALL ON `{place.database}`.* TO %s@'%%'", (user,))
            yield user
        finally:
            cursor.execute("DROP USER %s@'%%'", (user,))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@contextlib.contextmanager
def _server_that_says(answer: bytes) -> Iterator[int]:
    """Listen on a port and give every client the same answer, or none if it is empty."""

    def answer_all() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = server.accept()
                clients.append(client)
                if answer:
                    client.recv(1024)
                    client.sendall(answer)

    clients: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer_all)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
            for client in clients:
                client.close()


def test_what_a_driver_cannot_read_is_an_error_of_the_database(session, monkeypatch):
    def misread(*_):
        raise struct.error("unpack requires a buffer of 4 bytes")

    monkeypatch.setattr(opening, "opened", misread)
    dialect = session.get_bind().dialect

    with pytest.raises(dialect.loaded_dbapi.OperationalError, match="requires a buffer"):
        connections._connect(dialect, None, [":memory:"], {})
