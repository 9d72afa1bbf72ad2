"""Two workers of the server, as documented: they share everything, and stop without losing any."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import BadStatusLine, HTTPConnection
from itertools import count
from urllib.parse import urlencode

import pytest

from app.domain.settings import by_key
from tests.support.browsing import ORIGIN, Browser
from tools import run

SECONDS = 60
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Origin": ORIGIN}


@dataclass
class Served:
    """A console that is served by two workers, and its log."""

    port: int
    server: subprocess.Popen
    log: object

    def ask(self, path, pairs=None, browser=None):
        """Send a request of a connection of its own; return its status and its request ID."""
        cookies = browser.client._cookies.values() if browser else ()
        headers = {"Cookie": "; ".join(f"{one.key}={one.value}" for one in cookies)}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        body = None if pairs is None else urlencode(pairs)
        connection.request("POST" if body else "GET", path, body, headers | (FORM if body else {}))
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, answer.headers["X-Request-Id"]

    def lines(self):
        """The lines of its log about requests, by the ID of the request."""
        told = [json.loads(line) for line in self.log.read_text().splitlines()]
        return {line["request_id"]: line for line in told if line["message"] == "request"}


@pytest.fixture
def served(database, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = tmp_path / "log"
    command = [sys.executable, *run.server("127.0.0.1", port)]
    environ = os.environ | database.environ | {"CONSOLE_LOG_FORMAT": "json"}
    with log.open("w") as file:
        server = subprocess.Popen(command, cwd=run.ROOT, env=environ, stderr=file, process_group=0)
        served = Served(port, server, log)
        _await(served)
        yield served
        server.terminate()
        server.wait(SECONDS)


def _await(served):
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            served.ask("/healthz")
        except OSError:
            time.sleep(0.05)
        else:
            return


def asked_of_both(served, path, browser=None, pairs=None):
    """Ask until both workers have answered; return the statuses."""
    statuses, processes = [], set()
    for _ in range(100):
        status, request_id = served.ask(path, pairs, browser)
        statuses.append(status)
        while request_id not in (lines := served.lines()):
            time.sleep(0.01)  # The line follows the answer.
        processes.add(lines[request_id]["process"])
        if len(processes) == run.WORKERS:
            return statuses
    raise AssertionError("Only one worker answers.")


@pytest.mark.only_on("sqlite")
def test_workers_share_sessions_keys_and_limits(served, app, sign_in, ada):
    browser = sign_in(ada)
    visitor = Browser(app.test_client())
    guess = visitor.get("/login").forms[-1].filled({"username": "ada", "password": "wrong guess"})
    guesses = [served.ask("/login", guess[1], visitor)[0] for _ in range(12)]

    assert set(asked_of_both(served, "/account", browser)) == {200}
    # Ten for an account: together, not of each worker.
    assert guesses == [422] * 10 + [429] * 2


@pytest.mark.only_on("sqlite")
def test_whoever_is_being_answered_when_it_stops_gets_the_answer(
    served, sign_in, ada, session, database
):
    browser, setting = sign_in(ada), by_key(session, "chunk_size")
    path = f"/settings/{setting.id}"
    save = browser.get(path).forms[-1].filled({"value": "1001"})[1]
    session.commit()
    other = database.engine().connect()
    other.exec_driver_sql("BEGIN IMMEDIATE")
    answers, lost = set(), set()

    def ask_on(who):
        for number in count():
            path = f"/nowhere/{who}/{number}"
            try:
                answers.add(served.ask(path)[0])
            except ConnectionRefusedError:
                return
            except (ConnectionResetError, BadStatusLine):
                lost.add(path)

    with ThreadPoolExecutor(4) as threads:
        saved = threads.submit(served.ask, path, save, browser)
        asking = [threads.submit(ask_on, who) for who in range(3)]
        time.sleep(0.7)
        served.server.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        other.rollback()
        other.close()
        status, request_id = saved.result()
        [one.result() for one in asking]

    assert served.server.wait(SECONDS) == 0
    assert answers == {404}
    # A connection that no worker has taken yet is closed with the port: clients may ask again.
    assert lost.isdisjoint(line["path"] for line in served.lines().values())
    assert status == served.lines()[request_id]["status"] == 303
    session.expire_all()
    assert by_key(session, "chunk_size").value == "1001"
