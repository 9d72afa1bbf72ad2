"""The log: one line of JSON for each request, event and fault, and nothing secret in any."""

import io
import json
import logging
import sys

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app import logs, unit_of_work
from app.domain import audit
from app.domain.actor import Actor, ActorKind
from app.domain.target import Target
from app.web import access
from tests.support.people import PASSWORD

LOG_OF = "app.http.request_lines"
EVENTS = "app.domain.audit.event_lines"
ADA = Actor(kind=ActorKind.PERSON, name="ada")


@pytest.fixture
def log(caplog):
    """What the console writes to its log, line by line."""
    stream = io.StringIO()
    writer = logging.StreamHandler(stream)
    writer.setFormatter(logs.JsonLines())
    logging.root.addHandler(writer)
    caplog.set_level(logging.DEBUG, "app")
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.root.removeHandler(writer)


def lines_of(log, name):
    return [line for line in log() if line["logger"] == name]


@pytest.mark.only_on("sqlite")
def test_each_request_has_a_line(sign_in, vera, log):
    page = sign_in(vera).get("/account?q=private")

    line = lines_of(log, LOG_OF)[-1]
    assert line["request_id"] == page.headers["X-Request-Id"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/account", 200)
    assert (line["endpoint"], line["user_id"]) == ("account.show", vera.id)
    assert line["address"] == "127.0.0.1"
    assert line["ms"] > 0
    assert "private" not in json.dumps(log())


@pytest.mark.only_on("sqlite")
def test_a_line_is_there_before_a_server_that_stops_sends_its_last_answer(app, log):
    answer = app.test_client().get("/login")
    told = [line["request_id"] for line in lines_of(log, LOG_OF)]
    answer.close()

    assert told == [answer.headers["X-Request-Id"]]


@pytest.mark.only_on("sqlite")
def test_files_and_errors_have_a_line_too(visitor, log):
    answers = [visitor.get("/static/app.css"), visitor.get("/nowhere"), visitor.open("/", "PUT")]

    told = [(line["request_id"], line["status"]) for line in lines_of(log, LOG_OF)]
    assert told == [(answer.headers["X-Request-Id"], answer.status_code) for answer in answers]


def test_each_event_has_a_line_with_its_request(sign_in, ada, session, log):
    browser = sign_in(ada)
    answer = browser.get("/roles/new").submit(name="readers", description="Not for the log")

    [line] = lines_of(log, EVENTS)
    assert answer.status_code == 303
    assert (line["action"], line["target_name"]) == ("role:created", "readers")
    assert (line["actor_name"], line["actor_id"]) == ("ada", ada.id)
    stored = session.execute(text("SELECT request_id, save_id FROM console_audit_events")).one()
    assert (line["request_id"], line["save_id"]) == tuple(stored)
    assert "Not for the log" not in json.dumps(log())


@pytest.mark.only_on("sqlite")
def test_what_is_taken_back_has_no_line(session, log):
    def work():
        audit.record(session, "role:created", Target("role", "readers"), actor=ADA)
        session.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(OperationalError):
        unit_of_work.carry_out(work, actor=ADA)

    assert lines_of(log, EVENTS) == []


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("path", ["/reset/{}", "/setup/{}", "/RESET/{}", "/x/{}", "/setup/{}/"])
def test_the_token_of_a_link_is_in_no_line(visitor, log, path):
    token = "Zk3-" * 10

    visitor.get(path.format(token))

    assert len(log()) >= 1
    assert "Zk3" not in json.dumps(log())


@pytest.mark.only_on("sqlite")
def test_passwords_and_cookies_are_in_no_line(visitor, vera, log):
    visitor.get("/login").submit(username="vera", password="canary of a password")
    visitor.get("/login").submit(username="vera", password=PASSWORD)
    visitor.get("/account")

    cookies = [one.value for one in visitor.client._cookies.values()]
    written = json.dumps(log())
    assert len(lines_of(log, LOG_OF)) == 5
    assert cookies
    for secret in ("canary of a password", PASSWORD, *cookies):
        assert secret not in written


HOSTILE = 'line\nbreak\r\x1b[31m\u2028\ud800\x00"} {'


@pytest.mark.parametrize("formatter", [logs.JsonLines(), logs.TextLines()])
def test_whatever_is_logged_is_one_line_of_ascii(formatter):
    record = logging.LogRecord("app", logging.INFO, "", 1, "said: %s", (HOSTILE,), None)

    line = formatter.format(record)

    assert len(line.splitlines()) == 1
    assert line.isascii()
    assert line.isprintable()


def test_json_gives_back_what_was_logged():
    record = logging.LogRecord("app", logging.INFO, "", 1, "said: %s", (HOSTILE,), None)

    assert json.loads(logs.JsonLines().format(record))["message"] == f"said: {HOSTILE}"


@pytest.mark.parametrize("formatter", [logs.JsonLines(), logs.TextLines()])
def test_the_lines_of_a_fault_are_ascii_too(formatter):
    def fail():
        raise LookupError(HOSTILE.replace("\n", ""))

    try:
        fail()
    except LookupError:
        record = logging.LogRecord("app", logging.ERROR, "", 1, "Failed.", (), sys.exc_info())

    for line in formatter.format(record).split("\n"):
        assert line.isascii()
        assert line.isprintable()


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("form", [logs.JsonLines(), logs.TextLines()])
def test_a_fault_says_where_and_no_values(app, session, form):
    try:
        session.execute(text("SELECT :value FROM nowhere"), {"value": "a private value"})
    except OperationalError:
        record = logging.LogRecord("app", logging.ERROR, "", 1, "Failed.", (), sys.exc_info())

    line = form.format(record)
    assert "OperationalError" in line
    assert "test_logs.py" in line
    assert "private" not in line


@pytest.mark.only_on("sqlite")
def test_a_mistake_of_the_console_is_logged_with_its_request(app, sign_in, vera, log, monkeypatch):
    @access.signed_in
    def overview():
        raise LookupError("a detail")

    monkeypatch.setitem(app.view_functions, "home.overview", overview)

    page = sign_in(vera).get("/")

    [line] = lines_of(log, "app.web.errors")
    assert (line["level"], line["error"], line["detail"]) == ("error", "LookupError", "a detail")
    assert line["request_id"] == page.headers["X-Request-Id"]
    assert any("test_logs.py" in frame for frame in line["at"])
