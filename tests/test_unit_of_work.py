"""One unit of work: begun fresh, tried again where databases ask for it, recorded when refused."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, OperationalError

from app import unit_of_work
from app.domain.actor import Actor, ActorKind
from app.domain.errors import NotFound, RuleError
from app.domain.target import Target
from app.extensions import db
from app.unit_of_work import OutcomeUnknown, carry_out
from tests.support.contents import Event, events
from tests.support.cutting import cut_at_commit

ADA = Actor(kind=ActorKind.PERSON, name="ada")
SNAPSHOT = {
    "postgresql": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "mysql": "SET SESSION innodb_snapshot_isolation = ON",
}


class NotToday(RuleError):
    """A rule that these tests break."""


def describe(connection, role, description):
    statement = text("UPDATE roles SET description = :text WHERE name = :name")
    connection.execute(statement, {"text": description, "name": role})


def description_of(connection, role):
    query = text("SELECT description FROM roles WHERE name = :name")
    return connection.scalar(query, {"name": role})


def kept(session, role):
    session.rollback()
    return description_of(session, role)


@pytest.fixture
def other(database):
    """The connection of another program."""
    engine = database.engine()
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def impatient(app):
    """Nobody waits long for the lock of a SQLite file."""

    def hurry(connection, *_):
        connection.execute("PRAGMA busy_timeout = 20").close()

    with app.app_context():
        engine = db.engine
    event.listen(engine, "checkout", hurry)
    yield
    event.remove(engine, "checkout", hurry)
    engine.dispose()


def test_the_work_is_committed(session, other):
    assert carry_out(lambda: describe(session, "user", "new") or "done", actor=ADA) == "done"

    assert description_of(other, "user") == "new"


def test_nothing_rests_on_what_was_read_before(session, other):
    assert description_of(session, "user") != "new"
    session.commit()
    assert description_of(session, "viewer") != "new"
    session.rollback()
    describe(other, "user", "new")
    other.commit()

    assert carry_out(lambda: description_of(session, "user"), actor=ADA) == "new"


def test_a_refusal_takes_everything_back_and_is_recorded_by_itself(session):
    def work():
        describe(session, "user", "new")
        raise NotToday("Not today.", target=Target("role", "user", 2))

    with pytest.raises(NotToday, match=r"Not today\."):
        carry_out(work, actor=ADA)

    assert kept(session, "user") != "new"
    refusal = {"refusal": "Not today."}
    assert events(session) == [Event("change:refused", "ada", "user", {}, refusal)]


def test_a_refusal_without_a_target_names_its_rule(session):
    def work():
        raise NotToday("Not today.")

    with pytest.raises(NotToday):
        carry_out(work, actor=ADA)

    assert [one.target for one in events(session)] == ["NotToday"]


def test_what_is_only_a_mistake_is_not_recorded(session):
    def work():
        describe(session, "user", "new")
        raise NotFound("There is no such thing.")

    with pytest.raises(NotFound):
        carry_out(work, actor=ADA)

    assert kept(session, "user") != "new"
    assert events(session) == []


def test_a_denial_is_recorded_at_once(session, other):
    target, after = Target("page", "/users"), {"permission": "user:read"}

    unit_of_work.record("permission:denied", target, actor=ADA, after=after)

    assert other.scalar(text("SELECT target_name FROM console_audit_events")) == "/users"


def test_what_would_fail_again_is_not_tried_again(session):
    tries = []

    def work():
        tries.append(1)
        session.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(DBAPIError):
        carry_out(work, actor=ADA)

    assert len(tries) == 1
    assert kept(session, "user") != "new"


@pytest.mark.only_on("postgresql", "mysql")
def test_a_deadlock_is_tried_again(app, session, other):
    tries, has_begun = [], threading.Event()

    def work():
        tries.append(1)
        describe(db.session, "user", "by the console")
        has_begun.set()
        describe(db.session, "viewer", "by the console")

    def run():
        with app.app_context():
            carry_out(work, actor=ADA)

    # Whoever has changed more is the one that InnoDB lets go on.
    other.execute(text("UPDATE permissions SET description = 'by the other'"))
    describe(other, "viewer", "by the other")
    console = threading.Thread(target=run)
    console.start()
    has_begun.wait(10)
    time.sleep(0.2)
    describe(other, "user", "by the other")
    other.commit()
    console.join(20)

    assert len(tries) == 2
    assert [kept(session, name) for name in ("user", "viewer")] == ["by the console"] * 2


@pytest.mark.only_on("postgresql", "mysql")
def test_a_change_after_the_snapshot_is_tried_again(session, other, database_name):
    tries = []

    def work():
        tries.append(1)
        if len(tries) == 1:
            session.execute(text(SNAPSHOT[database_name]))
            description_of(session, "user")
            describe(other, "user", "by the other")
            other.commit()
        describe(session, "user", f"after {description_of(session, 'user')}")

    carry_out(work, actor=ADA)
    if database_name == "mysql":
        session.execute(text("SET SESSION innodb_snapshot_isolation = DEFAULT"))

    assert len(tries) == 2
    assert kept(session, "user") == "after by the other"


@pytest.mark.only_on("postgresql")
def test_a_conflict_at_commit_is_tried_again_with_the_work(session, other):
    done = []
    serializable = text("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")

    def work():
        if not done:
            session.execute(serializable)
        description_of(session, "viewer")
        describe(session, "user", "by the console")
        done.append(1)
        if len(done) == 1:
            # What each has read, the other changes: whoever commits last is told at COMMIT.
            other.execute(serializable)
            description_of(other, "user")
            describe(other, "viewer", "by the other")
            other.commit()
        return len(done)

    assert carry_out(work, actor=ADA) == 2
    assert [kept(session, name) for name in ("user", "viewer")] == [
        "by the console",
        "by the other",
    ]


@pytest.fixture
def begun(app, other, impatient):
    """The transactions that the console has begun to write in; at the second the other ends."""
    seen = []

    def count(*arguments):
        if arguments[2] == "BEGIN IMMEDIATE":
            seen.append(1)
        if len(seen) == 2:
            other.rollback()

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    yield seen
    event.remove(engine, "before_cursor_execute", count)


@pytest.mark.only_on("sqlite")
def test_a_file_that_is_busy_is_tried_again(session, other, begun):
    other.exec_driver_sql("BEGIN IMMEDIATE")

    carry_out(lambda: describe(session, "user", "new"), actor=ADA)

    assert len(begun) == 2
    assert kept(session, "user") == "new"


@pytest.mark.only_on("sqlite")
def test_a_commit_that_fails_is_tried_again_with_the_work(session, other, begun):
    tries = []

    def work():
        tries.append(1)
        describe(session, "user", "new")

    other.exec_driver_sql("BEGIN")
    description_of(other, "user")
    carry_out(work, actor=ADA)

    assert len(tries) == 2
    assert kept(session, "user") == "new"


@pytest.mark.only_on("sqlite")
@pytest.mark.usefixtures("impatient")
def test_after_three_tries_it_is_given_up(session, other):
    tries = []

    def work():
        tries.append(1)
        describe(session, "user", "new")

    other.exec_driver_sql("BEGIN")
    description_of(other, "user")
    with pytest.raises(OperationalError, match="locked"):
        carry_out(work, actor=ADA)
    other.rollback()

    assert len(tries) == 3
    assert kept(session, "user") != "new"


@pytest.mark.only_on("postgresql", "mysql")
@pytest.mark.parametrize("is_saved", [False, True], ids=["lost", "saved"])
def test_where_the_connection_breaks_at_commit_nobody_claims_to_know(session, other, is_saved):
    with cut_at_commit(session.get_bind(), other, is_saved=is_saved), pytest.raises(OutcomeUnknown):
        carry_out(lambda: describe(session, "user", "new"), actor=ADA)

    assert (kept(session, "user") == "new") == is_saved


@pytest.mark.only_on("postgresql", "mysql")
def test_a_record_that_is_lost_leaves_no_doubt_about_the_change(session, other):
    def work():
        describe(session, "user", "new")
        raise NotToday("Not today.")

    with cut_at_commit(session.get_bind(), other), pytest.raises(DBAPIError):
        carry_out(work, actor=ADA)

    assert kept(session, "user") != "new"


LOCK_LIMIT = {
    "sqlite": ("PRAGMA busy_timeout", 5000),
    "postgresql": ("SHOW lock_timeout", "5s"),
    "mysql": ("SELECT @@innodb_lock_wait_timeout", 5),
}


@pytest.fixture
def two_seconds(monkeypatch):
    """The time that a unit of work has for locks."""
    monkeypatch.setattr(unit_of_work, "LOCK_SECONDS", 2)


@pytest.mark.usefixtures("two_seconds")
def test_the_time_for_locks_is_that_of_the_whole_unit_of_work(app, session, database, other):
    def work():
        describe(db.session, "user", "new")
        describe(db.session, "viewer", "new")

    def timed(_number):
        started = time.monotonic()
        with app.app_context(), pytest.raises(OperationalError):
            carry_out(work, actor=ADA)
        return time.monotonic() - started

    with database.engine().connect() as first, ThreadPoolExecutor(3) as threads:
        if database.name == "sqlite":
            other.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            describe(first, "user", "locked for a second")
            describe(other, "viewer", "locked")
        waiting = [threads.submit(timed, number) for number in range(3)]
        time.sleep(1)
        first.rollback()
        took = [one.result() for one in waiting]
        other.rollback()

    assert max(took) < 4
    statement, limit = LOCK_LIMIT[database.name]
    assert session.connection().exec_driver_sql(statement).scalar() == limit
    assert kept(session, "viewer") != "new"
