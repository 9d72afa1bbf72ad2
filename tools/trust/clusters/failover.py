"""A PostgreSQL pair that loses its primary, or its standby, while people save."""

import signal
import time
from collections.abc import Iterator

from tools.trust.clusters import load, nodes, pair, programs
from tools.trust.clusters.load import Load
from tools.trust.clusters.pair import Pair
from tools.trust.consoles import Outcome

ROUNDS, PROMISED = 3, 5.0
SLOWER = 20.0  # Answers are awaited for DB_STATEMENT_TIMEOUT and two seconds.
BEFORE, NOTICED, AFTER = 2.0, 1.0, 6.0  # seconds
WITHOUT_STANDBY = 7.0


def trials(rounds: int = ROUNDS) -> Iterator[Outcome]:
    """Try both."""
    yield load.judged(
        f"PostgreSQL pair, the primary killed (-9), its standby promoted, {rounds} times: writes go"
        " on within 5 s, nothing acknowledged is missing",
        [_failed_over() for _ in range(rounds)],
        PROMISED,
    )
    yield load.judged(
        "PostgreSQL pair, the primary stopped in its tracks, its standby promoted: writes go on"
        f" within {SLOWER:.0f} s",
        [_failed_over_from_frozen()],
        SLOWER,
    )
    yield _without_standby()


def _failed_over() -> load.Finding:
    with pair.started() as servers, programs.home() as home:
        ids = load.prepared(servers.variables)
        with nodes.started(home, servers.variables) as consoles:
            people = Load(consoles, ids)
            with people.running():
                time.sleep(BEFORE)
                servers.kill_primary()
                time.sleep(NOTICED)
                servers.promote()
                promoted = time.monotonic()
                time.sleep(AFTER)
            return load.finding(people, servers.variables, people.seconds_until_all(promoted))


def _failed_over_from_frozen() -> load.Finding:
    with pair.started() as servers, programs.home() as home:
        ids = load.prepared(servers.variables)
        with nodes.started(home, servers.variables) as consoles:
            people = Load(consoles, ids)
            with people.running():
                time.sleep(BEFORE)
                with servers.frozen_primary():
                    time.sleep(NOTICED)
                    servers.promote()
                    promoted = time.monotonic()
                    time.sleep(SLOWER + AFTER)
                    # It would take writes again if it came back.
                    servers.kill_primary()
            return load.finding(people, servers.variables, people.seconds_until_all(promoted))


def _without_standby() -> Outcome:
    with pair.started() as servers, programs.home() as home:
        ids = load.prepared(servers.variables)
        with nodes.started(home, servers.variables) as consoles:
            people = Load(consoles, ids)
            with people.running():
                time.sleep(BEFORE)
                lost = _lose_standby(servers)
                time.sleep(WITHOUT_STANDBY)
        alone = [answer for answer in people.answers if answer.begun > lost]
        acknowledged = sum(answer.saved is not None for answer in alone)
        pages = sum(answer.status == load.OK for answer in alone)
        problems = people.unclean
    return Outcome(
        "PostgreSQL pair, the standby lost: no save is acknowledged that the primary alone has,"
        " pages are served",
        f"{acknowledged} acknowledged, {pages} pages" + "".join(f"; {text}" for text in problems),
        acknowledged == 0 and pages > 0 and not problems,
    )


def _lose_standby(servers: Pair) -> float:
    servers.standby.program.end(signal.SIGKILL)
    return time.monotonic()
