"""Pages go on whatever a few saves and sign-ins wait for, with the server as it is documented."""

import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from sqlalchemy import text

from app import unit_of_work
from app.domain.authentication.capacity import CapacityLimiter
from app.domain.settings import by_key
from app.unit_of_work import TooManyChanges
from tests.support.browsing import ORIGIN, Browser
from tests.support.contents import recorded
from tests.support.people import PASSWORD
from tools import run

CROWD, SECONDS = 64, 60
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Origin": ORIGIN}


@pytest.fixture
def port(database):
    """The port of the console, served as ``make run`` and ``docs/install.md`` do."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    command = [sys.executable, *run.server("127.0.0.1", number)]
    server = subprocess.Popen(
        command, cwd=run.ROOT, env=os.environ | database.environ, process_group=0
    )
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            ask(number, "/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            break
    yield number
    server.terminate()
    server.wait(SECONDS)


def ask(port, path, browser=None, pairs=None):
    """Send a request of a browser; return the status, Retry-After and the seconds it took."""
    cookies = browser.client._cookies.values() if browser else ()
    headers = {"Cookie": "; ".join(f"{one.key}={one.value}" for one in cookies)}
    body = None if pairs is None else urlencode(pairs)
    started = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    connection.request("POST" if body else "GET", path, body, headers | (FORM if body else {}))
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers["Retry-After"], time.perf_counter() - started


@contextmanager
def asking(port, path, browser=None):
    """Ask for a page again and again meanwhile; yields what `ask` returned."""
    answers, is_over = [], threading.Event()

    def ask_on():
        while not is_over.wait(0.05):
            answers.append(ask(port, path, browser))

    thread = threading.Thread(target=ask_on)
    thread.start()
    yield answers
    is_over.set()
    thread.join()


def p95(answers):
    return sorted(seconds for _, _, seconds in answers)[int(len(answers) * 0.95)]


def lock(connection, setting):
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    statement = text("UPDATE application_settings SET description = 'x' WHERE id = :id")
    connection.execute(statement, {"id": setting.id})


def test_others_go_on_while_saves_wait_and_many_sign_in(
    port, app, sign_in, ada, session, database, record_property
):
    browser, setting = sign_in(ada), by_key(session, "chunk_size")
    path = f"/settings/{setting.id}"
    save = browser.get(path).forms[-1].filled({"value": "1001"})[1]
    visitor = Browser(app.test_client())
    form = visitor.get("/login").forms[-1].filled({"username": "ada", "password": PASSWORD})[1]
    session.commit()
    other = database.engine().connect()
    lock(other, setting)

    with ThreadPoolExecutor(CROWD + 4) as threads, asking(port, "/healthz") as health:
        with asking(port, "/login") as visits, asking(port, "/users", browser) as reading:
            saves = [threads.submit(ask, port, path, browser, save) for _ in range(4)]
            time.sleep(0.5)
            crowd = [threads.submit(ask, port, "/login", visitor, form) for _ in range(CROWD)]
            saved = [one.result() for one in saves]
        other.close()
    signed_in = {one.result()[:2] for one in crowd}

    slowest = {"/healthz": p95(health), "/login": p95(visits), "/users": p95(reading)}
    record_property("figure", f"p95 under load on {database.name}: {slowest}")
    assert max(slowest.values()) < 1
    assert {answer[0] for answer in [*health, *visits, *reading]} == {200}
    assert {answer[:2] for answer in saved} == {(503, "5")}
    assert max(seconds for _, _, seconds in saved) < 8
    assert signed_in <= {(303, None), (503, "5")}
    if database.name != "sqlite":
        # There, who signs in needs the file that the other program keeps.
        assert (303, None) in signed_in


@pytest.fixture
def full(monkeypatch):
    """Others, who save and keep every place."""
    limiter = CapacityLimiter(limit=1, queue=0, timeout=0.01, error=TooManyChanges)
    monkeypatch.setattr(unit_of_work, "SAVES", limiter)
    with limiter.slot():
        yield


@pytest.mark.only_on("sqlite")
@pytest.mark.usefixtures("full")
def test_where_too_many_changes_wait_nothing_is_begun(sign_in, ada, session, visitor):
    setting = by_key(session, "chunk_size")
    path = f"/settings/{setting.id}"

    answer = sign_in(ada).submit(path, value="1001", reason="because of the load")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Too many changes are waiting" in answer.text
    form = answer.submit(kept="1")
    assert (form.value("value"), form.value("reason")) == ("1001", "because of the load")
    session.expire_all()
    assert (setting.value, recorded(session)) == ("1000", [])
    assert sign_in(ada).get(path).status_code == 200
    assert visitor.submit("/login", username="ada", password=PASSWORD).status_code == 303


@pytest.mark.only_on("sqlite")
def test_a_file_that_another_program_keeps_is_waited_for_once(sign_in, ada, database):
    browser = sign_in(ada)
    with database.engine().connect() as other:
        other.exec_driver_sql("BEGIN EXCLUSIVE")
        started = time.monotonic()
        page = browser.client.get("/users")
        took = time.monotonic() - started

    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert "another program keeps what is needed locked" in page.text
    assert 4 < took < 8
