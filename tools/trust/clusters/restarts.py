"""Each database server is restarted while people save, and a SQLite file is held by somebody."""

import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.support import servers
from tools.trust.clusters import galera, load, nodes, pair, programs
from tools.trust.clusters.load import Load
from tools.trust.consoles import Outcome

ROUNDS, PROMISED = 3, 1.0
BEFORE, AWAY, AFTER = 2.0, 1.0, 3.0  # seconds
HELD, BUSY = 10.0, 7.0
SERVERS = "{} restarted, {} times: only pages, saves and clean 503, the first success within 1 s"

Restart = Callable[[], None]
Server = tuple[dict[str, str], Restart, Restart]


def trials(rounds: int = ROUNDS) -> Iterator[Outcome]:
    """Restart PostgreSQL and MariaDB, then hold a SQLite file."""
    for title, started in (("PostgreSQL", postgresql), ("MariaDB", _mariadb)):
        with started() as (variables, stop, start), programs.home() as home:
            ids = load.prepared(variables)
            with nodes.started(home, variables) as consoles:
                people = Load(consoles, ids)
                with people.running():
                    back = [_restarted(stop, start) for _ in range(rounds)]
                slowest = max(people.first_success(moment) for moment in back)
                found = [load.finding(people, variables, slowest)]
        yield load.judged(SERVERS.format(title, rounds), found, PROMISED)
    yield _held_file()


def _restarted(stop: Restart, start: Restart) -> float:
    time.sleep(BEFORE)
    stop()
    time.sleep(AWAY)
    start()
    back = time.monotonic()
    time.sleep(AFTER)
    return back


@contextmanager
def postgresql() -> Iterator[Server]:
    """A server of PostgreSQL: the variables of a console, and how to stop and start it."""
    owner = servers.unprivileged("postgres")
    with programs.home(owner) as home:
        server = pair.Member(home, "data", owner)
        server.initialize()
        server.start({})
        server.add_database()
        yield server.variables, lambda: server.program.end(signal.SIGINT), lambda: server.start({})
        server.end()


@contextmanager
def _mariadb() -> Iterator[Server]:
    owner = servers.unprivileged("mysql")
    with programs.home(owner) as home:
        server, port = galera.Member(home, "127.0.0.1", owner), servers.free_port()
        settings = f"[mariadb]\nbind_address = 127.0.0.1\nport = {port}\n"
        server.install()
        server.start(settings)
        server.add_database()
        variables = galera.variables("127.0.0.1") | {"DB_PORT": str(port)}
        yield variables, lambda: server.program.end(signal.SIGTERM), lambda: server.start(settings)
        server.program.end(signal.SIGKILL)


def _held_file() -> Outcome:
    with programs.home() as home:
        file = home / "console.db"
        variables = {"DATABASE_PROVIDER": "sqlite", "SQLITE_PATH": str(file)}
        ids = load.prepared(variables)
        with nodes.started(home, variables) as consoles:
            people = Load(consoles, ids)
            with people.running():
                time.sleep(BEFORE)
                held = _hold(file)
                released = time.monotonic()
                time.sleep(AFTER)
            found = load.finding(people, variables, people.first_success(released))
    answers = [one for one in people.answers if held < one.begun and one.ended < released]
    reads = [one for one in answers if one.status == load.OK]
    saves = [one for one in answers if one.status == load.UNAVAILABLE]
    slowest = max((one.ended - one.begun for one in saves), default=0.0)
    longest_read = max((one.ended - one.begun for one in reads), default=HELD)
    result = (
        f"{len(saves)} saves 503 after {slowest:.1f} s at most, {len(reads)} pages read in"
        f" {longest_read:.1f} s at most, saved again after {found.seconds:.1f} s"
    )
    is_kept = bool(saves) and slowest < BUSY and bool(reads) and not found.problems
    return Outcome(
        f"SQLite, the file held for {HELD:.0f} s: saves 503 after the busy timeout, reads go on",
        "; ".join([result, *found.problems]),
        is_kept,
    )


def _hold(file: Path) -> float:
    with closing(sqlite3.connect(file, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        held = time.monotonic()
        time.sleep(HELD)
        other.execute("ROLLBACK")
    return held
