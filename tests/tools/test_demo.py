"""``make demo``: the organisation that it founds, what it refuses, and that it lets one in."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app import create_app
from app.domain import audit, settings
from app.domain.settings import SecretState
from app.domain.settings.value_rules import editing
from app.extensions import db
from app.models import ApplicationSetting, AuditEvent, Role, User
from app.models.base import utcnow
from tests.support.databases import SECRET_KEY, close
from tests.tools.pages import page
from tools import demo, demo_organisation, demo_rules, run

SECONDS = 60
KEYS_OF_THE_BACKEND = 89


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    demo.create(path)
    return path


@pytest.fixture(scope="module")
def console(file):
    key = file.with_name("demo.db.key").read_text()
    console = create_app({"SQLITE_PATH": str(file), "MASTER_ENCRYPTION_KEY": key})
    yield console
    close(console)


@pytest.fixture
def organisation(console):
    with console.app_context():
        yield db.session
        db.session.remove()


@pytest.fixture
def make_demo():
    started = []

    def make_demo(path, port):
        variables = {"PORT": str(port), "SECRET_KEY": SECRET_KEY, "DEMO_PATH": str(path)}
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "tools.demo"],
                cwd=run.ROOT,
                env=os.environ | variables,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return started[-1]

    yield make_demo
    for process in started:
        process.terminate()
        process.communicate(timeout=SECONDS)


def test_it_has_about_260_people_and_five_roles(organisation):
    people = organisation.scalars(select(User)).all()
    roles = organisation.scalars(select(Role).order_by(Role.name)).all()

    assert len(people) == 260
    assert [role.name for role in roles] == [
        *("admin", "helpdesk", "settings operator", "user", "viewer")
    ]
    assert all(role.users and role.permissions for role in roles)
    assert len({person.full_name for person in people}) == 260
    assert all(person.username.isascii() for person in people)


def test_nobody_has_a_password_that_anybody_knows(organisation):
    hashes = organisation.scalars(select(User.password_hash)).all()

    assert len(set(hashes)) == len(hashes)
    administrator = select(User).where(User.username == demo_organisation.ADMINISTRATOR)
    assert [role.name for role in organisation.scalars(administrator).one().roles] == ["admin"]


def test_every_setting_holds_a_value_of_its_type(organisation):
    rows = organisation.scalars(select(ApplicationSetting)).all()

    assert len(rows) == KEYS_OF_THE_BACKEND + 2
    assert all(row.description for row in rows)
    for row in rows:
        if settings.is_secret_setting(row):
            continue
        assert row.value is None or settings.canonical(row.value, row.data_type) == row.value, (
            row.key
        )


def test_its_settings_have_rules_of_each_kind_which_their_values_keep(organisation):
    found = editing.all_rules(organisation)
    schemas = [settings.keywords(line.rule.schema) for line in found.rules]
    all_but_secrets = {line.key: line for line in settings.read_all(organisation)}

    assert {"enum", "minimum", "pattern", "format", "items"} <= set().union(*schemas)
    assert [line.key for line in found.rules if line.rule.is_warning] == ["llm_temperature"]
    assert {line.rule.unit for line in found.rules} >= {"seconds", "MB", "characters"}
    assert {one.relation.is_warning for one in found.relations} == {True, False}
    assert not [line.key for line in found.rules if line.unchecked or not line.line]
    assert not [one.relation.expression for one in found.relations if one.broken or one.unchecked]
    assert not [key for key, line in all_but_secrets.items() if any(line.findings)]


def test_rules_and_secrets_are_told_of_as_the_first_changes(organisation):
    events = organisation.scalars(select(AuditEvent).order_by(AuditEvent.id).limit(40)).all()
    actions = Counter(event.action for event in events)

    assert actions["setting:rule-changed"] == len(demo_rules.RULES)
    assert actions["relation:added"] == len(demo_rules.RELATIONS)
    assert actions["category:flagged"] == len(demo_rules.CATEGORIES)
    assert {event.actor_name for event in events[:30]} == {"ingrid.solberg"}
    assert utcnow() - events[0].at > timedelta(days=29)


def test_some_secrets_are_set_and_others_are_not(organisation):
    secrets = {line.key: line for line in settings.read_all(organisation) if line.is_secret}
    states = {
        settings.secret_state(setting)
        for setting in settings.by_keys(organisation, demo_rules.SECRETS)
    }

    assert {key for key, line in secrets.items() if line.is_set} == set(demo_rules.SECRETS)
    assert len(secrets) > len(demo_rules.SECRETS)
    assert states == {SecretState.ENCRYPTED}
    for setting in settings.by_keys(organisation, demo_rules.SECRETS):
        event = select(AuditEvent.at).where(AuditEvent.target_name == setting.key)
        assert setting.updated_at == organisation.scalar(event)


def test_its_record_is_whole(console):
    result = console.test_cli_runner().invoke(args=["audit", "verify"])

    assert result.exit_code == 0, result.output


def test_changes_lead_from_one_to_the_next_and_to_what_is_stored(organisation):
    events = (
        select(AuditEvent).where(AuditEvent.action == "setting:changed").order_by(AuditEvent.id)
    )
    stored = dict(
        organisation.execute(select(ApplicationSetting.key, ApplicationSetting.value)).all()
    )
    reached = {}
    for event in organisation.scalars(events):
        before, after = audit.fields_of(event.before), audit.fields_of(event.after)
        if event.target_name in demo_rules.SECRETS:
            continue
        assert before["value"] == reached.get(event.target_name, before["value"])
        reached[event.target_name] = after["value"]

    assert len(reached) >= 15
    assert {key: stored[key] for key in reached} == reached


def test_the_events_are_of_the_last_thirty_days_in_their_order(organisation):
    told = select(AuditEvent).where(AuditEvent.action != "audit:started")
    events = organisation.scalars(told.order_by(AuditEvent.id)).all()
    actions = Counter(event.action for event in events)
    moments = [event.at for event in events]

    assert moments == sorted(moments)
    assert utcnow() - timedelta(days=31) < moments[0]
    assert moments[-1] < utcnow()
    assert actions["user:signed-in"] > actions["role:assigned"] > actions["permission:denied"] > 0
    assert all(event.actor_id for event in events)


def test_whoever_got_a_role_at_last_holds_it(organisation):
    assigned = select(AuditEvent).where(AuditEvent.action == "role:assigned")
    people = {person.id: person for person in organisation.scalars(select(User))}

    for event in organisation.scalars(assigned):
        assert people[event.target_id].has_role(audit.fields_of(event.after)["role"])


def test_it_is_the_same_every_time(organisation, tmp_path):
    demo.create(tmp_path / "second.db")

    def content(path):
        with sqlite3.connect(path) as connection:
            people = connection.execute("SELECT username, password_hash, bio FROM users").fetchall()
            events = connection.execute(
                "SELECT actor_name, action, target_name FROM console_audit_events"
                " WHERE action != 'user:signed-in'"
            ).fetchall()
        connection.close()
        return people, Counter(events)

    first = organisation.get_bind().url.database
    assert content(first) == content(tmp_path / "second.db")


@pytest.mark.parametrize("hour", [0, 7, 12, 23])
def test_nothing_lies_ahead_at_any_hour(session, hour):
    now = datetime(2026, 3, 1, hour, 3, tzinfo=UTC)

    demo_organisation.create(session, now)

    told = AuditEvent.action != "audit:started"  # which is recorded now, whatever the hour
    assert session.scalar(select(func.max(AuditEvent.at)).where(told)) < now


def test_a_file_with_anything_else_is_refused_and_left_alone(make_demo, tmp_path):
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE ours (id INTEGER)")
    connection.close()
    before = other.read_bytes()

    done = make_demo(other, free_port()).communicate(timeout=SECONDS)[0]

    assert done == (
        f"{other} is not a demo database, and was left unchanged. "
        "Another file: make demo DEMO_PATH=other.db\n"
    )
    assert other.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["other.db"]


def test_it_prints_a_link_to_choose_a_password_and_serves(make_demo, tmp_path):
    port = free_port()
    process = make_demo(tmp_path / "demo.db", port)
    printed = ""
    while not printed.endswith("(Ctrl-C stops it).\n"):
        line = process.stdout.readline()
        assert line, printed
        printed += line
    link = re.search(rf"http://127\.0\.0\.1:{port}/reset/[\w-]{{43}}$", printed, re.MULTILINE)
    page = _page(link[0])
    export = re.search("^For commands in another terminal: (export .+)$", printed, re.MULTILINE)[1]
    flask = f"{sys.executable} -m flask"
    listed = subprocess.run(
        ["sh", "-c", f"{export} && {flask} users list && {flask} settings list --state secret"],
        cwd=tmp_path.parent,
        env=os.environ | {"PYTHONPATH": str(run.ROOT), "FLASK_APP": "wsgi"},
        capture_output=True,
        text=True,
        check=True,
    )
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=SECONDS)[0]

    assert "ingrid.solberg" in page
    assert "ingrid.solberg" in listed.stdout
    assert "smtp_password" in listed.stdout
    assert "read-only" not in listed.stdout  # as secrets are to those without their key
    # The server may say that it had to hurry a worker along; it must not fall over.
    assert (process.returncode, "Traceback" in said) == (0, False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo.db", "demo.db.key"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _page(address):
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            return page(address)
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
