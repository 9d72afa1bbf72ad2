"""Everybody as a file: when it begins, how long it takes, and what it costs a worker's memory."""

import http.client
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench import postgres
from bench.client import OK, TIMEOUT, Client, Unexpected
from bench.driving import sign_in, start
from bench.forms import Form
from bench.places import postgres_program
from bench.processes import Server
from bench.targets import Target

PATH = "/users/export"
FIELD = "match_q"
PIECE = 65_536
BETWEEN_LOOKS = 0.05
# What the export has in it, as PostgreSQL alone would write it.
COPY = """
COPY (
  SELECT id, username, email, full_name, is_active, is_verified, (
    SELECT string_agg(name, '; ' ORDER BY name) FROM roles
    JOIN user_roles ON user_roles.role_id = roles.id WHERE user_roles.user_id = users.id
  ), created_at FROM users ORDER BY id
) TO STDOUT (FORMAT csv)
"""


def measure(target: Target, size: str) -> dict[str, Any]:
    """Export all users once, after a small export has warmed the worker."""
    with start(target, target.database(size)) as server:
        client = Client(target.port)
        sign_in(client, target)
        form = client.form(PATH, FIELD)
        _export(client, form, "needle")
        with _memory_of(server) as grown:
            found = _export(client, form, "")
    return found | {"grown_mib": round(max(grown), 1), "copy_s": _copy(target.database(size))}


def _export(client: Client, form: Form, sought: str) -> dict[str, Any]:
    body = form.filled({FIELD: [sought]}, {})
    headers = {"Cookie": client.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=TIMEOUT)
    started = time.perf_counter()
    connection.request("POST", PATH, body, headers)
    answer = connection.getresponse()
    if answer.status != OK:
        raise Unexpected(f"the export answers {answer.status}")
    size, lines = 1, answer.read(1).count(b"\n")
    first_byte = time.perf_counter() - started
    while piece := answer.read(PIECE):
        size, lines = size + len(piece), lines + piece.count(b"\n")
    seconds = time.perf_counter() - started
    connection.close()
    return {
        "first_byte_ms": round(first_byte * 1e3, 1),
        "seconds": round(seconds, 1),
        "mib": round(size / 2**20, 1),
        "users": lines - 1,
    }


@contextmanager
def _memory_of(server: Server) -> Iterator[list[float]]:
    """Keep the growth of the worker that grows most, in MiB, again and again."""
    before, grown, over = server.resident(), [0.0], threading.Event()

    def look() -> None:
        while not over.wait(BETWEEN_LOOKS):
            now = server.resident()
            grown.append(max(now[pid] - before.get(pid, 0.0) for pid in now))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield grown
    finally:
        over.set()
        looking.join()


def _copy(database: str) -> float:
    """Return the seconds that PostgreSQL needs for the same file."""
    command = [str(postgres_program("psql")), "--no-psqlrc", "-q", postgres.dsn(database)]
    started = time.perf_counter()
    subprocess.run([*command, "-c", COPY], check=True, stdout=subprocess.DEVNULL)
    return round(time.perf_counter() - started, 1)
