"""The console behind PgBouncer, in both of its modes, and what is said where nobody told it."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from app.database import locks
from app.database.problems import public_sentence
from app.extensions import db
from app.unit_of_work import begin_writing
from tests.migrations.operating import Operator
from tests.support import poolers, servers
from tests.support.browsing import Browser
from tests.support.databases import Database
from tests.support.equipment import program
from tests.support.people import PASSWORD, person

pytestmark = pytest.mark.only_on("postgresql")

SETTINGS = {
    "statement_timeout": "1s",
    "lock_timeout": "1s",
    "idle_in_transaction_session_timeout": "1min",
    "TimeZone": "UTC",
    "DateStyle": "ISO, MDY",
    "jit": "off",
}
# Those of other databases are held by other tests.
ADVISORY_LOCKS = """
SELECT * FROM pg_locks JOIN pg_database ON database = pg_database.oid
WHERE locktype = 'advisory' AND datname = current_database()
"""
IGNORING = {"ignore_startup_parameters": "options"}


@dataclass
class Pooled:
    """An empty database, by a pooler and without it."""

    environ: dict[str, str]
    direct: Engine

    def ask(self, query):
        """Ask the server, past the pooler."""
        with self.direct.connect() as connection:
            return connection.execute(text(query)).all()


def behind(empty_database, equipment, mode, told, **options) -> Iterator[Pooled]:
    """Start a pooler in front of an empty database."""
    if program("pgbouncer") is None:
        pytest.skip("pgbouncer is not installed")
    server = equipment.servers()["postgresql"]
    with poolers.started(server, mode, **options) as port:
        url = servers.driver_url(empty_database["DATABASE_URL"])
        url = url.set(drivername="postgresql", host="127.0.0.1", port=port)
        environ = Database("postgresql", url.render_as_string(hide_password=False)).environ
        direct = Database("postgresql", empty_database["DATABASE_URL"]).engine()
        yield Pooled(environ | told | {"DB_STATEMENT_TIMEOUT": "1"}, direct)
        direct.dispose()


@pytest.fixture(params=["transaction", "session"])
def pooled(request, empty_database, equipment):
    """A database behind a pooler that the console was told of."""
    # In session mode everybody keeps a connection of the server's, so there have to be enough.
    size = {"transaction": "3", "session": "20"}[request.param]
    told = {"DB_POOLER": "pgbouncer"}
    yield from behind(empty_database, equipment, request.param, told, default_pool_size=size)


@pytest.fixture
def operator(pooled):
    """Runs ``flask db ...`` by the pooler."""
    found = Operator(pooled.environ)
    yield found
    found.close()


@pytest.fixture
def console(operator, make_app, pooled):
    """The console behind the pooler, on a migrated database."""
    operator.succeed("upgrade")
    return make_app(pooled.environ)


def test_upgrades_and_commands_work_and_leave_nothing_set_or_held(operator, pooled):
    operator.succeed("upgrade")
    operator.succeed("check")
    operator.succeed("downgrade", "002")
    operator.succeed("upgrade")
    runner = operator.app.test_cli_runner()
    for command in ("settings list", "users search-index build", "users search-index status"):
        done = runner.invoke(args=command.split())
        assert done.exit_code == 0, done.output
    assert "limits:" not in runner.invoke(args=["doctor"]).stdout

    assert pooled.ask(ADVISORY_LOCKS) == []
    with operator.engine.connect() as other:
        found = {name: other.scalar(text(f"SHOW {name}")) for name in SETTINGS}
    assert found["statement_timeout"] == found["lock_timeout"] == "0"


def test_two_upgrades_at_the_same_moment_both_succeed(operator):
    operator.upgrade_twice_at_once()

    operator.succeed("check")


def test_an_upgrade_waits_for_one_by_the_pooler_and_one_past_it(operator, pooled, monkeypatch):
    monkeypatch.setattr(locks, "PATIENCE", 0.3)
    with pooled.direct.connect() as other:
        other.execute(text(f"SELECT pg_advisory_lock({locks._POSTGRESQL_KEY})"))
        assert operator.refused("upgrade").startswith("Another upgrade of this database")

    operator.succeed("upgrade")


def test_every_transaction_has_its_limits_and_statements_are_not_prepared(console):
    with console.app_context():
        for number in range(20):
            found = {name: db.session.scalar(text(f"SHOW {name}")) for name in SETTINGS}
            assert found == SETTINGS
            db.session.scalar(text("SELECT :number"), {"number": number})
            db.session.commit()
        begin_writing()
        started = time.monotonic()
        with pytest.raises(OperationalError):
            db.session.execute(text("SELECT pg_sleep(5)"))
        assert time.monotonic() - started < 4
        db.session.rollback()


def test_many_people_at_once_read_and_write_by_few_connections(console, pooled):
    with console.app_context():
        person(db.session, "ada", roles=["admin"])
    keys = ("llm_max_tokens", "chunk_overlap", "llm_timeout", "cache_ttl_default")
    ids = [row.id for row in pooled.ask(f"SELECT id FROM application_settings WHERE key IN {keys}")]
    browsers = [_signed_in(console) for _ in ids]

    def work(browser: Browser, setting_id: int) -> list[int]:
        found = []
        for number in range(6):
            found.append(browser.get("/users").status_code)
            page = browser.get(f"/settings/{setting_id}")
            found.append(page.submit(value=str(number + 100)).status_code)
        return found

    with ThreadPoolExecutor(len(ids)) as threads:
        answers = {status for found in threads.map(work, browsers, ids) for status in found}

    assert answers == {200, 303}


def test_a_lock_of_somebody_else_is_not_waited_for_for_good(console, pooled):
    with console.app_context():
        person(db.session, "ada", roles=["admin"])
    browser = _signed_in(console)
    ((setting_id,),) = pooled.ask("SELECT id FROM application_settings WHERE key = 'chunk_size'")
    page = browser.get(f"/settings/{setting_id}")

    with pooled.direct.connect() as other:
        other.execute(text("SELECT * FROM application_settings FOR UPDATE"))
        started = time.monotonic()
        answer = page.submit(value="777")

    assert answer.status_code == 503
    assert time.monotonic() - started < 10
    assert page.submit(value="777").status_code == 303


def _signed_in(console):
    browser = Browser(console.test_client())
    assert browser.get("/login").submit(username="ada", password=PASSWORD).status_code == 303
    return browser


@pytest.mark.parametrize("mode", ["transaction", "session"])
def test_without_being_told_the_line_names_the_variable(mode, empty_database, equipment, make_app):
    for pooled in behind(empty_database, equipment, mode, {}):
        app = make_app(pooled.environ)
        done = app.test_cli_runner().invoke(args=["db", "upgrade"])

        assert done.exit_code == 3
        assert done.stderr == (
            f"Error: No connection to {app.config['CONSOLE'].where}: a pooler such as PgBouncer"
            " answers there, and the console was not told. Check DB_POOLER.\n"
        )


def test_a_pooler_that_hides_itself_is_found_by_the_doctor(empty_database, equipment, make_app):
    for pooled in behind(empty_database, equipment, "session", {}, **IGNORING):
        runner = make_app(pooled.environ).test_cli_runner()
        assert runner.invoke(args=["db", "upgrade"]).exit_code == 0

        done = runner.invoke(args=["doctor"])

        assert done.exit_code == 1
        assert "wrong    limits: " in done.stdout
        assert "DB_POOLER=pgbouncer" in done.stdout


def test_a_pooler_that_mixes_up_prepared_statements_is_named(empty_database, equipment, make_app):
    said = set()
    for pooled in behind(
        empty_database, equipment, "transaction", {}, default_pool_size="1", **IGNORING
    ):
        apps = [make_app(pooled.environ) for _ in range(2)]
        for number in range(20):
            with apps[number % 2].app_context():
                try:
                    db.session.scalar(text("SELECT :number"), {"number": number})
                except DBAPIError as error:
                    said.add(public_sentence(error))
                    db.session.rollback()
                db.session.commit()

    assert said == {"A pooler is between the console and the database."}
