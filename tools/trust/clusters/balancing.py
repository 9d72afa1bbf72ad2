"""Two nodes of the console behind a proxy, of which one is killed while people work."""

import signal
import time
from collections.abc import Iterator

from tests.support import servers
from tests.support.equipment import program
from tools.trust.clusters import load, nodes, programs, proxies, restarts
from tools.trust.clusters.load import Load
from tools.trust.consoles import Outcome

BEFORE, AFTER = 3.0, 5.0  # seconds
BAD_GATEWAY = 502
TITLES = {"haproxy": "HAProxy", "nginx": "nginx"}


def trials() -> Iterator[Outcome]:
    """Kill a node behind each of the two proxies."""
    for name in TITLES:
        if program(name):
            yield _killed(name)


def _killed(name: str) -> Outcome:
    with restarts.postgresql() as (variables, _, _), programs.home() as home:
        ids, port = load.prepared(variables), servers.free_port()
        address = f"http://127.0.0.1:{port}"
        with (
            nodes.started(home, variables | {"CONSOLE_BASE_URL": address}, 2) as consoles,
            proxies.in_front(name, port, [f"127.0.0.1:{node.port}" for node in consoles]),
        ):
            people = Load(consoles, ids, address)
            with people.running():
                time.sleep(BEFORE)
                struck = time.monotonic()
                consoles[0].program.end(signal.SIGKILL)
                # Until then, it takes requests that it will not answer.
                programs.wait_until(consoles[0].is_gone, "the end of the node")
                dead = time.monotonic()
                time.sleep(AFTER)
        missing, fault = load.missing(people, variables)
    working = [one for one in people.answers if one.begun < dead and struck < one.ended]
    lost = sum(one.status == BAD_GATEWAY for one in working)
    later = [one for one in people.answers if one.begun > dead]
    unserved = sum(one.status not in {load.OK, load.SAVED} for one in later)
    slowest = max(one.ended - one.begun for one in later)
    result = (
        f"{len(later)} requests after it, {unserved} not served, {slowest:.1f} s at most;"
        f" {lost} of {len(working)} that were worked on got 502; {len(missing)} saves missing"
    )
    return Outcome(
        f"Two nodes behind {TITLES[name]}, one killed (-9): every later request is served",
        f"{result}; {fault or 'the chain is whole'}",
        not unserved and not missing and not fault and len(later) > 0,
    )
