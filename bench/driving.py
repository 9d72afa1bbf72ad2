"""One console on one size: started, put through its works, measured."""

import gzip
import os
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

from bench import load, saves, statements, works
from bench.client import FOUND, OK, Client
from bench.places import OPERATOR, PASSWORD
from bench.processes import Cpu, Server, serving
from bench.targets import Target

Figures = dict[str, Any]

PROBES = 9
FEW, MANY, WARM = 1, 8, 4
SIGN_INS, FEWEST_SIGN_INS = 200, 20
KIB = 1024
MILLISECONDS = 1e3


def sign_in(client: Client, target: Target, name: str = OPERATOR) -> float:
    """Sign in by the form, and return how many milliseconds the answer took."""
    fields = target.sign_in
    form = client.form(fields.path, fields.password)
    typed = {fields.name: [name], fields.password: [PASSWORD]}
    return client.post(fields.path, form.filled(typed, {})).demand(*FOUND).seconds * MILLISECONDS


def start(target: Target, database: str) -> AbstractContextManager[Server]:
    """Start a console on a database; it is stopped when the context ends."""
    first = (target.port, target.sign_in.path)
    variables = target.environment(database)
    return serving(target.name, target.command, target.path, variables, first)


def measure(target: Target, size: str, wanted: Sequence[str], seconds: int) -> Figures:
    """Return the figures of a console's works, of its start and of its memory.

    Args:
        target: The console.
        size: How many users it has.
        wanted: The works.
        seconds: How long a work is repeated, about.
    """
    with start(target, target.database(size)) as server:
        one = _Drive(target, size, server, seconds, Client(target.port))
        found: Figures = {"cold_s": round(server.cold_seconds, 2)}
        for work in wanted:
            found[work] = one.figures(work)
            _tell(target, size, work, found[work])
        found["memory"] = server.memory()
        with statements.logged():
            for work in wanted:
                if work not in works.OF_VISITORS:
                    found[work] |= one.statements(work)
    print(f"{target.name} {size}: first answer {found['cold_s']} s, {found['memory']}", flush=True)
    return found


def times(milliseconds: Sequence[float]) -> Figures:
    """Return how many there are, the median and the 95th of a hundred."""
    ordered = sorted(milliseconds)
    return {"n": len(ordered), "p50": median(ordered), "p95": ordered[int(len(ordered) * 0.95)]}


@dataclass
class _Drive:
    target: Target
    size: str
    server: Server
    seconds: int
    client: Client

    def figures(self, work: str) -> Figures:
        """Do a work again and again, and return its figures."""
        if work == works.SIGN_IN:
            return self._sign_ins()
        if work != works.SIGN_IN_PAGE and not self.client.jar:
            sign_in(self.client, self.target)
        return self._saves(work) if work in self.target.saves else self._page(work)

    def statements(self, work: str) -> Figures:
        """Count the SQL statements of a work."""
        database, client = self.target.database(self.size), self.client
        if work in self.target.saves:
            save = self.target.saves[work]
            pages = saves.paths(save, self.target)
            fresh = partial(saves.prepare, client, save)
            send = partial(saves.send, client)
            found = statements.count(database, lambda: fresh(next(pages)), send)
        else:
            path = works.path_of(work, self.target, self.size, client)
            found = statements.count(database, lambda: path, client.get)
        return {"statements": found[0], "control": found[1]}

    def _sign_ins(self) -> Figures:
        taken: list[float] = []
        end = time.monotonic() + 2.5 * self.seconds
        while len(taken) < SIGN_INS and (time.monotonic() < end or len(taken) < FEWEST_SIGN_INS):
            client = Client(self.target.port)
            taken.append(sign_in(client, self.target))
            client.close()
        return times(taken)

    def _saves(self, work: str) -> Figures:
        save = self.target.saves[work]
        taken, cpu = saves.repeat(self.client, self.target, save, self.server, 3 * self.seconds)
        return times(taken) | _per(len(taken), cpu)

    def _page(self, work: str) -> Figures:
        # Only somebody who has not signed in sees the page to do so.
        client = Client(self.target.port) if work == works.SIGN_IN_PAGE else self.client
        path = works.path_of(work, self.target, self.size, client)
        answers = [client.get(path).demand(OK) for _ in range(PROBES)]
        works.check(work, self.target, answers[-1].text)
        body = answers[-1].body
        sizes = {"kib": len(body) / KIB, "kib_gzip": len(gzip.compress(body, 6)) / KIB}
        return self._load(path, client, median(answer.seconds for answer in answers)) | sizes

    def _load(self, path: str, client: Client, usual: float) -> Figures:
        """Ask over one connection, then over eight; a slow console for longer."""
        port, cookie = self.target.port, client.cookie
        longest = max(220 * usual, 2.0)
        lasting = round(min(max(self.seconds * 2.5, 16 * usual), longest))
        load.ask(port, path, cookie, connections=WARM, seconds=1)
        workers, before = self.server.workers(), self.server.cpu()
        one = load.ask(port, path, cookie, connections=FEW, seconds=lasting)
        spent = self.server.cpu() - before
        # With a worker that was replaced meanwhile, what it had used before is gone.
        each = _per(one.count, spent) if workers == self.server.workers() else {}
        lasting = max(self.seconds, int(16 * usual))
        many = load.ask(port, path, cookie, connections=MANY, seconds=lasting)
        return {
            "n": one.count,
            "p50": one.p50,
            "p95": one.p95,
            "per_second": many.per_second,
            "p95_of_8": many.p95,
            "bad": one.bad + many.bad,
        } | each


def _per(count: int, spent: Cpu) -> Figures:
    """Return the processor time of one of so many."""
    each = MILLISECONDS / max(count, 1)
    return {"cpu_web": spent.web * each, "cpu_pg": spent.postgres * each}


def _tell(target: Target, size: str, work: str, figures: Figures) -> None:
    parts = [
        f"{target.name:16} {size:4} {work:4} {figures['n']:6} times, ",
        f"p50 {figures['p50']:8.2f}, p95 {figures['p95']:8.2f} ms",
    ]
    if "cpu_web" in figures:
        parts.append(f", CPU {figures['cpu_web']:6.2f} + {figures['cpu_pg']:5.2f} ms")
    if "bad" in figures:
        parts.append(f", at 8: {figures['per_second']:7.1f}/s, {figures['bad']} failed")
    parts.append(f" (load {os.getloadavg()[0]:.1f})")
    print("".join(parts), flush=True)
