import hashlib
import json
import time

import pytest
from sqlalchemy import select

from app.domain import settings
from app.domain.settings import SecretKeys
from app.models import ApplicationSetting, AuditEvent, ReaderReport
from tests.cli.conftest import ACTOR
from tests.support.cutting import cut_at_commit

MANY_LINES = "Grüße 🎈 „hier“\n\tzweite\n\n<b>{{ 7 * 7 }}</b> '\"\\ \n"


@pytest.fixture
def value(session):
    return lambda key: settings.by_key(session, key).value


@pytest.fixture
def events(session):
    return lambda: session.scalars(
        select(AuditEvent).where(AuditEvent.actor_name == ACTOR).order_by(AuditEvent.id)
    ).all()


@pytest.fixture
def greeting(session):
    """A setting that takes any text."""
    session.add(ApplicationSetting(key="greeting", category="texts"))
    session.commit()


def test_a_setting_is_changed_and_the_change_recorded(flask, value, events):
    before = value("chunk_size")

    done = flask("settings", "set", "chunk_size", "0777", "--reason", "Shorter answers")

    assert (done.code, done.out, value("chunk_size")) == (0, "", "777")
    start, event = events()
    assert start.action == "settings:recorded"
    assert (event.action, event.target_name) == ("setting:changed", "chunk_size")
    assert (event.actor_kind, event.reason) == ("command", "Shorter answers")
    assert json.loads(event.before) == {"value": before}
    assert json.loads(event.after) == {"value": "777"}


@pytest.mark.only_on("postgresql", "mysql")
def test_where_the_connection_breaks_at_commit_the_command_claims_nothing(flask, session, database):
    engine = database.engine()
    with engine.connect() as other, cut_at_commit(session.get_bind(), other):
        done = flask("settings", "set", "chunk_size", "777")
    engine.dispose()

    assert (done.code, done.out) == (3, "")
    assert done.err.endswith("We cannot tell whether this was saved: look before you try again.\n")


def test_the_same_value_again_is_not_recorded(flask, value, events):
    done = flask("settings", "set", "chunk_size", value("chunk_size"))

    assert (done.code, events()) == (0, [])


def test_a_setting_goes_from_set_to_not_set_and_back(flask, greeting, value):
    assert flask("settings", "set", "greeting", "Welcome").code == 0
    assert flask("settings", "get", "greeting").out == "Welcome\n"

    assert flask("settings", "unset", "greeting").code == 0
    assert value("greeting") is None
    done = flask("settings", "get", "greeting")
    assert (done.code, done.out, done.err) == (1, "", "Error: greeting is not set.\n")

    assert flask("settings", "set", "greeting", "").code == 0
    assert value("greeting") == ""
    assert flask("settings", "get", "greeting").out == "\n"


@pytest.mark.parametrize(
    "text", [MANY_LINES, "one line", "", "\n", "-", "--reason", "trailing\n\n"], ids=repr
)
def test_what_get_writes_set_reads(flask, greeting, value, session, text):
    settings.by_key(session, "greeting").value = text
    written = flask("settings", "get", "greeting").out

    assert flask("settings", "set", "greeting", "something else").code == 0
    assert flask("settings", "set", "greeting", "-", typed=written).code == 0
    assert value("greeting") == text


@pytest.mark.parametrize("typed", ["from a file", "from a file\n", "from a file\r\n"], ids=repr)
def test_the_line_end_that_programs_write_is_not_the_values(flask, greeting, value, typed):
    assert flask("settings", "set", "greeting", "-", typed=typed).code == 0
    assert value("greeting") == "from a file"


def test_a_value_may_begin_with_a_minus(flask, greeting, value):
    assert flask("settings", "set", "greeting", "-1").code == 0
    assert value("greeting") == "-1"


def test_input_that_is_no_utf_8_is_refused(flask, greeting, value):
    done = flask("settings", "set", "greeting", "-", typed=b"\xff\xfe")

    assert (done.code, done.err) == (2, "Error: Standard input is not valid UTF-8.\n")
    assert value("greeting") is None


def test_a_value_is_named_or_read(flask, greeting):
    done = flask("settings", "set", "greeting")

    assert (done.code, done.err) == (2, "Error: Name a VALUE, or use --stdin.\n")
    for command in ("set", "create"):
        done = flask("settings", command, "greeting", "lost", "--stdin", typed="")
        assert (done.code, done.err) == (2, "Error: Name a VALUE or use --stdin, not both.\n")


def test_an_unusual_value_is_saved_if_it_is_meant(flask, value):
    flask("settings", "rule", "chunk_size", "--maximum", "2000", "--severity", "warn")
    unusual = ("settings", "set", "chunk_size", "3000")
    refused = flask(*unusual)

    assert refused.code == 1
    assert "If it is meant, add --anyway." in refused.err
    assert value("chunk_size") == "1000"
    assert flask(*unusual, "--anyway").code == 0
    assert value("chunk_size") == "3000"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("set", "chunk_size", "many"), "“many” is not a whole number"),
        (("set", "cors_allow_origins", '{"a": }'), "The value is not valid JSON at line 1"),
        (("set", "chunk_size", "500", "--reason", "x" * 501), "The reason is 501 characters long"),
        (("set", "chunk_size", "0"), "chunk_size must be at least 1."),
        (("set", "chunk_overlap", "5000"), "chunk_overlap must be less than chunk_size: "),
        (("set", "max_document_size", "300 mega"), "max_document_size must be a size such as"),
        (
            ("set", "log_level", "DEBG"),
            "log_level must be DEBUG, INFO, WARNING, ERROR or CRITICAL.",
        ),
        (("set", "nothing", "5"), "There is no setting named nothing."),
        (("unset", "nothing"), "There is no setting named nothing."),
        (("get", "nothing"), "There is no setting named nothing."),
        (("status", "nothing"), "There is no setting named nothing."),
    ],
)
def test_what_is_not_valid_is_refused_and_changes_nothing(
    flask, value, events, arguments, sentence
):
    before = value("chunk_size")

    done = flask("settings", *arguments)

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"Error: {sentence}")
    assert done.err.count("\n") == 1
    assert (value("chunk_size"), events()) == (before, [])


@pytest.mark.parametrize("command", [("set", "app_environment", "x"), ("unset", "app_environment")])
def test_immutable_is_immutable_and_the_refusal_recorded(flask, value, events, command):
    before = value("app_environment")

    done = flask("settings", *command)

    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "Error: app_environment cannot be changed here. Marked read-only in the database.\n"
    )
    assert value("app_environment") == before
    assert [(event.action, event.target_name) for event in events()] == [
        ("change:refused", "app_environment")
    ]


@pytest.fixture
def secret(session):
    session.add(ApplicationSetting(key="mail_password", value="canary", category="mail"))
    session.commit()


@pytest.mark.parametrize("command", ["get", "set", "unset", "list", "list --json"])
def test_a_secret_is_neither_shown_nor_written(flask, secret, value, events, command):
    name, *options = command.split()
    done = {
        "get": lambda: flask("settings", "get", "mail_password"),
        "set": lambda: flask("settings", "set", "mail_password", "-", typed="another canary"),
        "unset": lambda: flask("settings", "unset", "mail_password"),
        "list": lambda: flask("settings", "list", *options),
    }[name]()

    assert done.code == (0 if name == "list" else 1)
    assert "canary" not in done.out + done.err
    assert value("mail_password") == "canary"
    assert not any("canary" in f"{event.before}{event.after}" for event in events())


def test_a_secret_is_set_by_standard_input_and_its_key_is_rotated(flask, secret, session, value):
    engine = session.get_bind()
    old, new = bytes(32), bytes(range(32))
    before = dict(engine.get_execution_options())
    try:
        engine.update_execution_options(**{settings.KEYS: SecretKeys(old)})
        refused = flask("settings", "set", "mail_password", "canary 2")
        done = flask("settings", "set", "mail_password", "--stdin", typed="canary 2")
        engine.update_execution_options(**{settings.KEYS: SecretKeys(new, (old,))})
        rotated = flask("settings", "rotate-key")
        again = flask("settings", "rotate-key", "--in-clear")
    finally:
        engine.update_execution_options(**{settings.KEYS: before[settings.KEYS]})

    assert (refused.code, done.code, rotated.code, again.code) == (2, 0, 0, 0)
    assert ("Encrypted 1 secret." in rotated.err, "Encrypted 0" in again.err) == (True, True)
    assert SecretKeys(new).decrypted(value("mail_password")) == "canary 2"


def test_a_mark_is_set_by_command(flask, secret, greeting, session):
    marked = flask("settings", "mark-secret", "greeting")
    shown = flask("settings", "get", "greeting")
    refused = flask("settings", "mark-secret", "mail_password", "--not-secret")

    assert (marked.code, shown.code, refused.code) == (0, 1, 1)
    assert "mail_password stays a secret. Its value is stored in clear" in refused.err


def test_the_list_tells_what_is_read_only_and_what_is_not_set(flask, secret, greeting):
    lines = {line.split()[1]: line.split() for line in flask("settings", "list").out.splitlines()}

    assert lines["KEY"] == ["CATEGORY", "KEY", "TYPE", "STATE", "VALUE"]
    assert lines["mail_password"] == [
        *("mail", "mail_password", "string", "secret,", "read-only,", "in", "clear", "Set")
    ]
    assert lines["greeting"] == ["texts", "greeting", "string", "Not", "set"]
    assert lines["app_environment"][3] == "read-only"


def test_the_list_holds_one_category_or_one_state(flask, secret, greeting):
    def keys(*options):
        written = flask("settings", "list", "--json", *options).out
        return [json.loads(line)["key"] for line in written.splitlines()]

    assert keys("--category", "texts") == ["greeting"]
    assert "app_environment" in keys("--state", "locked")
    assert "mail_password" in keys("--state", "secret")
    assert not {"greeting", "chunk_size"} & set(keys("--state", "secret"))
    assert keys("--category", "texts", "--state", "set") == []
    assert keys("--search", "greet") == ["greeting"]
    assert keys("--search", "greet", "--type", "integer") == []
    assert {"greeting", "mail_password", "chunk_size"} < set(keys())


def test_a_category_that_is_not_there_is_not_found(flask):
    done = flask("settings", "list", "--category", "weather")

    assert (done.code, done.err) == (1, "Error: There is no category named weather.\n")


def test_a_setting_of_an_unknown_type_is_only_read(flask, session, value):
    session.add(ApplicationSetting(key="when", value="noon", data_type="time", category="texts"))
    session.commit()

    assert flask("settings", "get", "when").out == "noon\n"
    assert flask("settings", "set", "when", "night").code == 1
    assert value("when") == "noon"


def test_values_that_are_not_valid_are_told_but_those_of_secrets(flask, session, ada):
    planted = "sk-live-planted-4711"
    rows = [("bad_flag", "boolean", "ja", False), ("bad_number", "integer", " 5", True)]
    rows += [("an_api_key", "integer", planted, True)]
    session.add_all(
        ApplicationSetting(key=key, data_type=kind, value=value, is_mutable=is_mutable)
        for key, kind, value, is_mutable in rows
    )

    listed = flask("settings", "list", "--state", "invalid").out.splitlines()[1:]
    assert [line.split()[0] for line in listed] == ["bad_flag", "bad_number"]
    assert "read-only, not valid" in listed[0]
    objects = map(json.loads, flask("settings", "list", "--json").out.splitlines())
    bad = [one["key"] for one in objects if not one["is_valid"]]
    assert bad == ["bad_flag", "bad_number"]

    doctor = flask("doctor").out
    assert (
        "values: 2 values are not valid. By the data type or by a rule, the backend may not be"
        in doctor
    )
    assert "bad_flag and bad_number" in doctor
    assert planted not in doctor


@pytest.fixture
def report(session):
    """Reports that a reader runs a value of chunk_size as stored, or from its environment."""

    def report(instance, text="1000", *override):
        digest = hashlib.sha256(text.encode()).hexdigest()
        source, shown = ("environment", *override) if override else ("database", text)
        entry = [source, digest, int(time.time()), shown, False if override else None]
        values = json.dumps({"settings": {"chunk_size": entry}})
        now = int(time.time())
        row = {"name": "api", "instance": instance, "last_seen": now, "digest": ""}
        session.add(ReaderReport(**row, settings=values))
        session.commit()

    return report


@pytest.mark.only_on("sqlite")
def test_the_status_says_what_readers_run(flask, report):
    done = flask("settings", "status", "chunk_size")
    assert (done.code, done.out) == (
        0,
        "Stored. The console does not know when the backend reads it.\n",
    )

    report("api-1")
    done = flask("settings", "status", "chunk_size")
    assert done.code == 0
    assert done.out.startswith("1 of 1 running 1000 since 20")

    report("api-2", "1000", "1200")
    done = flask("settings", "status", "chunk_size")
    assert done.code == 1
    assert "overridden by the environment on api-2: 1200" in done.out
    assert "1 setting is not run as stored." in done.err


@pytest.mark.only_on("sqlite")
def test_the_status_of_all_settings_lists_what_differs(flask, report):
    report("api-1", "800")
    [line] = [
        json.loads(line)
        for line in flask("settings", "status", "--json").out.splitlines()
        if '"chunk_size"' in line
    ]
    assert (line["readers"], line["running"]) == (1, 0)
    assert line["deviations"][0]["kind"] == "earlier"

    done = flask("settings", "status")
    assert "api-1 still 800" in done.out
    assert "1 reader reports." in done.err
    assert flask("settings", "list", "--state", "differs").out.count("chunk_size") == 1
