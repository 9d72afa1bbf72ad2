"""The index of all parts of names: built, completed, kept right and dropped."""

import threading

import psycopg
import pytest
from sqlalchemy import NullPool, create_engine, insert, select, text
from sqlalchemy.exc import DBAPIError

from app import config
from app.database import locks, trigram_index
from app.database.trigram_index import IndexState, NoIndex
from app.domain import users
from app.domain.paging import Cursors
from app.domain.users import UserFilter
from app.models import User, user_trigrams
from tests.support import searching, servers
from tests.support.people import PASSWORD_HASH

somewhere = pytest.mark.only_on("sqlite", "postgresql")


@pytest.fixture(autouse=True)
def _clean(app, session, database_name):
    yield
    if database_name != "mysql":
        searching.drop(app)


@pytest.fixture
def elsewhere(database):
    """Another program's connection."""
    engine = create_engine(servers.driver_url(database.url), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


@pytest.fixture
def crowd(session):
    """Adds thirty users with "crowd" in their names."""
    rows = [
        {
            "username": f"x{number:02}crowd",
            "email": f"{number}@example.org",
            "password_hash": PASSWORD_HASH,
        }
        for number in range(30)
    ]
    session.execute(insert(User), rows)
    session.commit()


def state(session):
    found = trigram_index.state(session.connection())
    session.commit()
    return found


def found(session, q):
    page = users.list_page(session, UserFilter(q=q), "username", Cursors()).page
    session.commit()
    return [row.username for row in page.rows]


@somewhere
def test_it_is_built_once_and_dropped_once(app, session, crowd):
    changes = (searching.drop, searching.build, searching.build, searching.drop)
    seen = [(change(app), state(session), len(found(session, "crowd"))) for change in changes]

    assert seen == [
        (False, IndexState.ABSENT, 0),
        (True, IndexState.KEPT, 30),
        (False, IndexState.KEPT, 30),
        (True, IndexState.ABSENT, 0),
    ]


@somewhere
def test_users_of_any_id_are_in_it(app, session, crowd):
    session.execute(text("UPDATE users SET id = -id WHERE username < 'x10'"))
    session.execute(text("UPDATE users SET id = 0 WHERE username = 'x10crowd'"))
    session.commit()

    searching.build(app)

    assert len(found(session, "crowd")) == 30


@pytest.mark.only_on("mysql")
def test_mariadb_says_that_it_cannot(app, session, elsewhere, ada):
    before = tables(elsewhere)

    for change in (searching.build, searching.drop):
        with pytest.raises(NoIndex, match="MariaDB and MySQL cannot find users by any part"):
            change(app)

    assert state(session) is IndexState.ABSENT
    assert tables(elsewhere) == before
    assert found(session, "da") == []


def tables(connection):
    rows = connection.execute(text("SHOW TABLES")).scalars()
    return {name: connection.execute(text(f"SHOW CREATE TABLE {name}")).one()[1] for name in rows}


@somewhere
def test_two_at_once_build_one(app, session, crowd, monkeypatch):
    monkeypatch.setattr(locks, "PAUSE", 0.01)
    monkeypatch.setattr(trigram_index, "AT_ONCE", 3)
    session.commit()
    built = []

    def build():
        built.append(trigram_index.build(app.config["CONSOLE"]))

    threads = [threading.Thread(target=build) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(built) == [False, True]
    assert len(found(session, "crowd")) == 30


@somewhere
def test_it_is_not_built_while_the_database_is_being_upgraded(app, session, elsewhere, monkeypatch):
    monkeypatch.setattr(locks, "PATIENCE", 0.1)

    with locks.exclusive(elsewhere), pytest.raises(NoIndex, match="Another upgrade of this"):
        searching.build(app)

    assert state(session) is IndexState.ABSENT


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("copied", [0, 1, 3])
def test_on_sqlite_a_build_that_was_interrupted_is_completed(
    app, session, crowd, monkeypatch, copied
):
    pauses = iter(range(copied))

    def interrupt(_seconds):
        if next(pauses, None) is None:
            raise KeyboardInterrupt

    with monkeypatch.context() as interrupted:
        interrupted.setattr(trigram_index, "AT_ONCE", 5)
        interrupted.setattr(trigram_index.time, "sleep", interrupt)
        with pytest.raises(KeyboardInterrupt):
            searching.build(app)
    session.execute(text("UPDATE users SET username = 'renamed' WHERE username = 'x29crowd'"))
    session.execute(text("DELETE FROM users WHERE username = 'x28crowd'"))
    session.commit()

    assert (state(session), found(session, "crowd")) == (IndexState.UNFINISHED, [])
    assert searching.build(app)
    assert state(session) is IndexState.KEPT
    assert found(session, "crowd") == [f"x{number:02}crowd" for number in range(28)]
    assert found(session, "name") == ["renamed"]


@pytest.mark.only_on("postgresql")
def test_on_postgresql_a_build_that_was_interrupted_is_completed(app, session, elsewhere, crowd):
    # While somebody has changed a row and not committed, no index is completed.
    session.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    session.commit()
    elsewhere.execute(text("UPDATE users SET full_name = 'x' WHERE username = 'x01crowd'"))
    engine = app.extensions["sqlalchemy"].engine
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as building:
        building.exec_driver_sql("SET lock_timeout = '100ms'")
        with pytest.raises(Exception, match="lock timeout"):
            building.exec_driver_sql(
                "CREATE INDEX CONCURRENTLY ix_users_substrings ON users"
                " USING gin (username gin_trgm_ops, email gin_trgm_ops)"
            )
        building.invalidate()
    elsewhere.rollback()

    assert (state(session), found(session, "crowd")) == (IndexState.UNFINISHED, [])
    assert searching.build(app)
    assert (state(session), len(found(session, "crowd"))) == (IndexState.KEPT, 30)


@pytest.mark.only_on("sqlite")
def test_what_others_write_during_the_build_is_in_the_index(
    app, session, elsewhere, crowd, monkeypatch
):
    names = iter("abcdefghij")

    def write(_seconds):
        name = next(names)
        elsewhere.execute(
            text(
                "INSERT INTO users (username, email, password_hash)"
                f" VALUES ('y{name}crowd', '{name}@example.org', 'x')"
            )
        )
        for statement in ("DELETE FROM users WHERE id = :id", "UPDATE users SET username = :name"):
            lowest = elsewhere.scalar(text("SELECT min(id) FROM users WHERE username LIKE 'x%'"))
            values = {"id": lowest, "name": f"z{name}crowd"}
            where = "" if "WHERE" in statement else " WHERE id = :id"
            elsewhere.execute(text(statement + where), values)
        elsewhere.commit()

    monkeypatch.setattr(trigram_index, "AT_ONCE", 5)
    monkeypatch.setattr(trigram_index.time, "sleep", write)
    searching.build(app)

    everybody = session.scalars(select(User.username).order_by(User.username)).all()
    assert len([name for name in everybody if name.startswith("z")]) > 3
    assert found(session, "crowd") == everybody


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("event", ["insert", "update", "delete"])
def test_without_its_triggers_it_is_not_relied_on(app, session, crowd, event):
    searching.build(app)
    session.execute(text(f"DROP TRIGGER {user_trigrams.KEPT}_{event}"))
    session.execute(
        text("INSERT INTO users (username, email, password_hash) VALUES ('xcrowd', 'x', 'x')")
    )
    session.commit()

    assert (state(session), found(session, "crowd")) == (IndexState.UNFINISHED, [])
    assert searching.build(app)
    assert len(found(session, "crowd")) == 31


@pytest.mark.only_on("sqlite")
def test_with_other_triggers_of_these_names_it_is_not_relied_on(app, session, crowd):
    searching.build(app)
    name = f"{user_trigrams.KEPT}_update"
    session.execute(text(f"DROP TRIGGER {name}"))
    session.execute(text(f"CREATE TRIGGER {name} AFTER UPDATE ON users BEGIN SELECT 1; END"))
    session.commit()

    assert (state(session), found(session, "crowd")) == (IndexState.UNFINISHED, [])


@pytest.mark.only_on("sqlite")
def test_an_old_sqlite_is_told(app, session, monkeypatch):
    monkeypatch.setattr(trigram_index, "_OLDEST_SQLITE", (99, 0, 0))

    with pytest.raises(NoIndex, match=r"needs SQLite 3\.34 or later with FTS5.* This is SQLite 3"):
        searching.build(app)

    assert state(session) is IndexState.ABSENT


@pytest.mark.only_on("postgresql")
def test_who_may_not_create_the_extension_is_told_what_to_do(
    app, session, database, elsewhere, ada
):
    for statement in (
        "DROP EXTENSION IF EXISTS pg_trgm",
        "CREATE ROLE test_search_guest",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO test_search_guest",
    ):
        elsewhere.execute(text(statement))
    elsewhere.commit()
    guest = f"{database.url}?options=-c%20role%3Dtest_search_guest"
    try:
        with pytest.raises(NoIndex, match="may not create it"):
            trigram_index.build(config.read(database.environ | {"DATABASE_URL": guest}))
    finally:
        elsewhere.execute(text("DROP OWNED BY test_search_guest"))
        elsewhere.execute(text("DROP ROLE test_search_guest"))
        elsewhere.commit()

    assert state(session) is IndexState.ABSENT


@pytest.mark.only_on("postgresql")
def test_the_extension_may_be_in_a_schema_of_its_own(app, session, elsewhere, crowd):
    schema = '"Other Things"'
    for statement in (
        "DROP EXTENSION IF EXISTS pg_trgm",
        f"CREATE SCHEMA {schema}",
        f"CREATE EXTENSION pg_trgm SCHEMA {schema}",
    ):
        elsewhere.execute(text(statement))
    elsewhere.commit()
    try:
        assert searching.build(app)
        assert len(found(session, "crowd")) == 30
    finally:
        elsewhere.execute(text("DROP EXTENSION pg_trgm CASCADE"))
        elsewhere.execute(text(f"DROP SCHEMA {schema}"))
        elsewhere.commit()


def test_a_server_without_the_extension_is_told():
    class Server:
        def exec_driver_sql(self, statement):
            absent = psycopg.errors.FeatureNotSupported("could not open extension control file")
            raise DBAPIError(statement, None, absent)

    with pytest.raises(NoIndex, match="The server does not have the extension"):
        trigram_index._schema_of_extension(Server())
