"""The node of Galera that takes writes is killed, while people save; then it joins again."""

import signal
import time
from collections.abc import Iterator

from tools.trust.clusters import documented, galera, load, nodes, programs, races
from tools.trust.clusters.galera import Cluster
from tools.trust.clusters.load import Load
from tools.trust.consoles import Outcome

ROUNDS, PROMISED = 3, 5.0
BEFORE, AFTER = 3.0, 6.0  # seconds


def trials(rounds: int = ROUNDS) -> Iterator[Outcome]:
    """Race on a cluster, then kill its first node, some times."""
    with galera.started() as cluster, programs.home() as home, cluster.balanced() as variables:
        ids = load.prepared(variables)
        yield from races.trials(cluster)
        with nodes.started(home, variables) as consoles:
            people = Load(consoles, ids)
            with people.running():
                lost = [_lose_first(cluster) for _ in range(rounds)]
            slowest = max(people.seconds_until_all(moment) for moment in lost)
            found = [load.finding(people, variables, slowest)]
        trial = (
            f"Galera, the node that is used killed (-9), {rounds} times: writes go on within 5 s"
        )
        yield load.judged(trial, found, PROMISED)
        yield _without_majority(cluster, ids)


def _without_majority(cluster: Cluster, ids: list[int]) -> Outcome:
    """Kill all nodes but one, and let that go on by itself."""
    last = cluster.members[-1]
    variables = galera.variables(last.address)
    with programs.home() as home, nodes.started(home, variables) as consoles:
        people = Load(consoles, ids)
        with people.running():
            time.sleep(BEFORE)
            for member in cluster.members[:-1]:
                member.program.end(signal.SIGKILL)
            time.sleep(AFTER)
            last.ask(documented.block("sql", "pc.bootstrap"))
            going_on = time.monotonic()
            time.sleep(AFTER)
        found = load.finding(people, variables, people.seconds_until_all(going_on))
    trial = "Galera, all nodes but one lost: clean 503, and saves again when it is let go on"
    return load.judged(trial, [found], PROMISED)


def _lose_first(cluster: Cluster) -> float:
    first = cluster.members[0]
    time.sleep(BEFORE)
    first.program.end(signal.SIGKILL)
    lost = time.monotonic()
    time.sleep(AFTER)
    first.start(cluster.settings(first))
    return lost
