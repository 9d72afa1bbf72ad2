"""Signing in: who fails at it, a flood of guesses, many at once, and the priority of hashes.

``python -m bench.sign_ins URL`` fills the database that the URL names (its name holds "bench" or
"test"), serves the console as ``make run`` does, and prints what `docs/performance.md` tells.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from statistics import median, quantiles
from typing import Any, NamedTuple

from sqlalchemy import make_url, select

from app import create_app
from app.domain.authentication import hashing, passwords
from app.extensions import db
from app.models import Role, SecondFactor, User
from app.models.base import utcnow
from bench.client import Answer, Client
from bench.places import ROOT
from bench.processes import Server
from tools import run

PORT, OPERATOR, KEY = 8179, "bench.operator", "a key of the benchmark, good for nothing else"
PASSWORD, WRONG = "seven quiet herons over water", "another six herons over land"
UNLIMITED = {"SIGN_IN_PER_ACCOUNT": "1000", "SIGN_IN_PER_NETWORK": "10000"}
KINDS: dict[str, dict[str, Any] | None] = {
    "unknown": None,
    "wrong password": {},
    "inactive": {"is_active": False},
    "no password": {"password_hash": passwords.no_password()},
    "no hash at all": {"password_hash": "hashed_password_here"},
    "second factor": {},
    "foreign hash": {"password_hash": "$2b$12$" + "a" * 53},
}
PRIORITIES, ROUNDS, SECONDS, PEOPLE, CROWD = (0, 5, 10, 15, 19), 3, 6, 8, 64
TRIES, GUESSES, PAGE, STARTING = 40, 1000, "/users", 30
SEE_OTHER, SHORT, MILLISECONDS, TERMINATED = 303, 0.05, 1000, 143


class Busy(NamedTuple):
    """A page's p95 while nobody signs in, its p50 and p95 meanwhile, and the sign-ins in a second.

    Times are in milliseconds.
    """

    idle_p95: float
    p50: float
    p95: float
    sign_ins: float


def main() -> None:
    """Measure all of it."""
    url = sys.argv[1]
    # As after Ctrl-C, so that no server goes on running: the next one would share its port.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    _fill(url)
    with _serving(url):
        print(f"1,000 guesses with forged headers: {_guesses()}", flush=True)
    with _serving(url, UNLIMITED):
        for kind, milliseconds in _failures().items():
            print(f"{kind}: {milliseconds:.1f} ms", flush=True)
    with _serving(url) as server:
        print(_crowd(server), flush=True)
    for priority, busy in _priorities(url).items():
        print(f"niceness {priority}: {busy}", flush=True)


def _fill(url: str) -> None:
    name = make_url(url).database or ""
    if "bench" not in name and "test" not in name:
        raise SystemExit(f"The name of the database, {name}, holds neither bench nor test.")
    app = create_app({"CONSOLE_ENV": "development", "DATABASE_URL": url})
    app.test_cli_runner().invoke(args=["db", "upgrade"], catch_exceptions=False)
    with app.app_context():
        if db.session.scalar(select(User.id).where(User.username == OPERATOR)):
            return
        stored = passwords.hash_password(PASSWORD)
        admin = db.session.scalars(select(Role).where(Role.name == "admin")).one()
        people: dict[str, dict[str, Any]] = {OPERATOR: {"roles": [admin]}}
        people |= {_name(kind): columns for kind, columns in KINDS.items() if columns is not None}
        people |= {f"person{number}": {} for number in range(CROWD)}
        for username, columns in people.items():
            details = {"email": f"{username}@bench.example", "password_hash": stored} | columns
            db.session.add(User(username=username, **details))
        db.session.flush()
        named = User.username == _name("second factor")
        # Its key is good for nothing: only wrong passwords are sent.
        factor = {"secret": "", "confirmed_at": utcnow()}
        user_id = db.session.scalars(select(User.id).where(named)).one()
        db.session.add(SecondFactor(user_id=user_id, **factor))
        db.session.commit()


@contextmanager
def _serving(
    url: str, others: Mapping[str, str] | None = None, niceness: int = hashing.NICENESS
) -> Iterator[Server]:
    variables = {"CONSOLE_ENV": "development", "PORT": str(PORT), "DATABASE_URL": url}
    variables |= {"SECRET_KEY": KEY, "BENCH_NICENESS": str(niceness)} | dict(others or {})
    *arguments, _wsgi = run.server("127.0.0.1", PORT)
    command = [sys.executable, *arguments, "bench.apps.console_at_priority:app"]
    log = subprocess.DEVNULL
    if _answers():
        raise SystemExit(f"Something else listens on port {PORT}.")
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | variables, stdout=log, stderr=log, process_group=0
    ) as process:
        _clear(url)
        deadline = time.monotonic() + STARTING
        while time.monotonic() < deadline and not _answers():
            time.sleep(0.1)
        try:
            yield Server(process.pid, 0)
        finally:
            process.terminate()


def _clear(url: str) -> None:
    app = create_app({"CONSOLE_ENV": "development", "DATABASE_URL": url, "SECRET_KEY": KEY})
    app.test_cli_runner().invoke(args=["users", "clear-throttle", "--all"], catch_exceptions=False)


def _answers() -> bool:
    try:
        Client(PORT).get("/healthz")
    except OSError:
        return False
    return True


def _sign_in(
    name: str, password: str = PASSWORD, *, client: Client | None = None, forged: str = ""
) -> Answer:
    client = client or Client(PORT)
    form = client.form("/login", "password")
    body = form.filled({"username": [name], "password": [password]}, {})
    headers = {"X-Forwarded-For": forged, "X-Real-IP": forged, "Forwarded": f"for={forged}"}
    return client.post("/login", body, **(headers if forged else {}))


def _guesses() -> Counter[int]:
    """Return how often 1,000 guesses with ever other forwarding headers were answered how."""
    statuses: Counter[int] = Counter()
    for number in range(GUESSES):
        address = f"198.51.{number // 250}.{number % 250}"
        statuses[_sign_in(OPERATOR, WRONG, forged=address).status] += 1
    return statuses


def _failures() -> dict[str, float]:
    """Return the median time of each kind of failure; the kinds take turns."""
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _ in range(TRIES):
        for kind, seen in times.items():
            seen.append(_sign_in(_name(kind), WRONG).seconds * MILLISECONDS)
    return {kind: median(seen) for kind, seen in times.items()}


def _crowd(server: Server) -> str:
    """Return what becomes of 64 people who sign in at once, of memory and of other pages."""
    reader = _operator()
    for _ in range(2 * PEOPLE):  # so that both workers have hashed before
        _sign_in("person0")
    before = sum(server.resident().values())
    peaks, times, over = [before], [], threading.Event()

    def watch() -> None:
        while not over.wait(SHORT):
            peaks.append(sum(server.resident().values()))

    def read() -> None:
        while not over.is_set():
            times.append(reader.get(PAGE).demand(200).seconds)

    watchers = [threading.Thread(target=watch), threading.Thread(target=read)]
    for thread in watchers:
        thread.start()
    with ThreadPoolExecutor(CROWD) as crowd:
        answers = list(crowd.map(lambda number: _sign_in(f"person{number}"), range(CROWD)))
    over.set()
    for thread in watchers:
        thread.join()
    statuses = Counter(answer.status for answer in answers)
    slow = _p95(times) * MILLISECONDS
    growth = max(peaks) - before
    return f"{CROWD} at once: {statuses}, {growth:.0f} MiB more, {PAGE} p95 {slow:.0f} ms"


def _priorities(url: str) -> dict[int, Busy]:
    """Return the medians for each priority; they take turns, so that a busy minute meets all."""
    found: dict[int, list[Busy]] = {priority: [] for priority in PRIORITIES}
    for _ in range(ROUNDS):
        for priority, seen in found.items():
            with _serving(url, UNLIMITED, priority):
                seen.append(_while_eight_sign_in())
    return {priority: _medians(seen) for priority, seen in found.items()}


def _while_eight_sign_in() -> Busy:
    reader, over, done = _operator(), threading.Event(), []
    before = _times(reader)

    def sign_in_again_and_again(number: int) -> None:
        while not over.is_set():
            done.append(_sign_in(f"person{number}").status)

    people = [threading.Thread(target=sign_in_again_and_again, args=[n]) for n in range(PEOPLE)]
    for person in people:
        person.start()
    times = _times(reader)
    over.set()
    for person in people:
        person.join()
    sign_ins = done.count(SEE_OTHER) / SECONDS
    return Busy(_p95(before), median(times), _p95(times), sign_ins)


def _times(reader: Client) -> list[float]:
    """Return what the page takes, asked for again and again."""
    times, end = [], time.monotonic() + SECONDS
    while time.monotonic() < end:
        times.append(reader.get(PAGE).demand(200).seconds * MILLISECONDS)
    return times


def _p95(times: Sequence[float]) -> float:
    return quantiles(times, n=20)[-1]


def _medians(seen: Sequence[Busy]) -> Busy:
    return Busy(*(round(median(column), 1) for column in zip(*seen, strict=True)))


def _operator() -> Client:
    client = Client(PORT)
    _sign_in(OPERATOR, client=client).demand(SEE_OTHER)
    return client


def _name(kind: str) -> str:
    return f"bench.{kind.replace(' ', '.')}"


if __name__ == "__main__":
    main()
