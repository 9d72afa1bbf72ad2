import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text, update

from app import __version__, create_app
from app.config.security_contact import SecurityContact
from app.domain import overview
from app.domain.actor import OUTSIDE
from app.extensions import db
from app.models import (
    ApplicationSetting,
    Permission,
    Role,
    SettingRule,
    ValueRelation,
    Webhook,
    role_permissions,
)
from app.models.base import utcnow
from tests.support.contents import events
from tests.support.people import PASSWORD_HASH

STRONG = "7bW!vQ2m@Zr9Lx#4Tn8Kp$5Hc6Jd1Fg0Ys3Ae"
PARTS = [
    *("version", "serving", "connection", "revision", "writing", "tables"),
    *("administrator", "passwords", "record", "search"),
]
PRODUCTION = {"CONSOLE_ENV": "production", "SECRET_KEY": "", "CONSOLE_BASE_URL": ""}


def read(written):
    """The verdict and the sentence for each subject."""
    found = {}
    for line in written.splitlines():
        verdict, subject, sentence = line.split(maxsplit=2)
        found[subject.removesuffix(":")] = (verdict, sentence)
    return found


@pytest.fixture
def findings(flask):
    """What the doctor says: the exit code, and a verdict and a sentence for each subject."""

    def findings():
        done = flask("doctor")
        assert done.err == ""
        return done.code, read(done.out)

    return findings


def test_nothing_is_wrong_with_a_console_that_is_set_up(findings, ada):
    code, found = findings()

    assert code == 0
    assert list(found)[: len(PARTS)] == PARTS
    assert {found[part][0] for part in PARTS} == {"ok"}
    assert {verdict for verdict, _ in found.values()} <= {"ok", "warning"}


def test_the_version_is_named(findings, ada):
    assert findings()[1]["version"] == ("ok", f"{__version__}.")


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("days", "verdict", "told", "exit_code"),
    [
        (0, "wrong", "so /.well-known/security.txt is not served. Check the addresses", 1),
        (20, "warning", "then /.well-known/security.txt is not served. Check the addresses", 0),
        (200, "ok", "Good until 2", 0),
    ],
)
def test_a_contact_for_weaknesses_that_expires_is_told(
    app, findings, ada, monkeypatch, days, verdict, told, exit_code
):
    contact = SecurityContact(("mailto:s@example.org",), utcnow() + timedelta(days=days))
    console = replace(app.config["CONSOLE"], security_contact=contact)
    monkeypatch.setitem(app.config, "CONSOLE", console)

    code, found = findings()

    assert (code, found["security"][0]) == (exit_code, verdict)
    assert told in found["security"][1]


def test_what_needs_attention_is_a_warning(findings, ada, omar, session):
    changed = ApplicationSetting.key == "debug_mode"
    session.execute(update(ApplicationSetting).where(changed).values(value="true"))

    code, found = findings()

    assert code == 0
    assert list(found)[len(PARTS) :] == [
        *("debug", "sign-ins", "users", "second-factors", "roles", "permissions", "settings")
    ]
    assert found["debug"] == (
        *("warning", "debug_mode is on. According to app_environment, this is production."),
    )
    assert found["users"][1].startswith("1 active user has no role.")


def test_a_webhook_that_was_stopped_is_a_warning(findings, ada, session):
    columns = {"url": "https://a.example/", "subjects": "role", "secret": "", "position": 0}
    session.add(Webhook(name="cache", **columns, is_active=False, stopped_because="It is gone."))
    session.commit()

    code, found = findings()

    sentence = "1 webhook was stopped. Nothing is sent to cache. It is gone."
    assert (code, found["webhooks-stopped"]) == (0, ("warning", sentence))


def test_a_setting_that_was_never_saved_is_compared_with_the_start(findings, flask, ada, session):
    done = flask("doctor", "--record")
    assert re.search(r"Took the values of \d+ settings as the start\.", done.out)
    by_other_program = update(ApplicationSetting).where(ApplicationSetting.key == "app_name")
    session.execute(by_other_program.values(value="Hacked"))
    session.commit()

    sentence = "1 setting changed outside the console: app_name. Run: flask doctor --record"
    assert findings()[1]["outside"] == ("warning", sentence)
    done = flask("doctor", "--record")
    assert "Recorded 1 setting changed" in done.out
    assert "Took the values" not in done.out
    assert events(session)[-1].before == {"value": "RAG Fortress"}


def test_where_nothing_needs_attention_it_is_said(findings, ada, session, monkeypatch):
    monkeypatch.setattr(overview, "findings", lambda known, now: [])

    assert findings()[1]["attention"] == ("ok", "Nothing needs attention.")


def test_what_changed_outside_the_console_is_told_and_recorded(findings, flask, ada, session):
    flask("settings", "set", "chunk_size", "700")
    changed = ApplicationSetting.key == "chunk_size"
    session.execute(update(ApplicationSetting).where(changed).values(value="800"))
    session.commit()

    sentence = "1 setting changed outside the console: chunk_size. Run: flask doctor --record"
    assert findings()[1]["outside"] == ("warning", sentence)
    assert "Recorded 1 setting" in flask("doctor", "--record").out
    assert "outside" not in findings()[1]


def test_the_connection_is_described_without_its_password(findings, ada, app):
    url = app.config["CONSOLE"].database_url

    _, found = findings()

    assert str(url.database) in found["connection"][1]
    assert not url.password or url.password not in str(found)


def test_nobody_who_administers_is_wrong(findings, vera):
    code, found = findings()

    assert (code, found["administrator"][0]) == (1, "wrong")
    assert "Run: flask setup-link" in found["administrator"][1]


def test_a_hash_of_another_kind_is_a_warning(findings, ada, person):
    for number in range(7):
        person(f"old{number}", password_hash="hashed_password_here")

    code, found = findings()

    assert (code, found["passwords"][0]) == (0, "warning")
    assert "old0, old1, old2, old3 and 3 more" in found["passwords"][1]
    assert "flask users reset-password" in found["passwords"][1]
    assert "hashed_password_here" not in str(found)


def test_a_password_that_can_be_verified_or_is_not_there_yet_is_fine(findings, ada, flask, person):
    person("nora", password_hash=PASSWORD_HASH)
    flask("users", "create", "cleo", "cleo@example.org")

    assert findings()[1]["passwords"][0] == "ok"


@pytest.fixture
def at_revision(session):
    """Says of the database that it is at another revision; it is put back after the test."""

    def at_revision(revision):
        session.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
        session.commit()

    return at_revision


def test_an_older_revision_is_wrong_and_nothing_more_is_asked(findings, ada, at_revision):
    at_revision("002")
    code, found = findings()

    assert (code, found["revision"][0]) == (1, "wrong")
    assert "at revision 002" in found["revision"][1]
    assert found["revision"][1].endswith("Run: flask db upgrade")
    assert "administrator" not in found


def test_an_unknown_revision_is_wrong_and_no_command_is_advised(findings, ada, at_revision):
    at_revision("042")
    code, found = findings()

    assert (code, found["revision"][0]) == (1, "wrong")
    assert "does not know" in found["revision"][1]
    assert "Run:" not in found["revision"][1]


def test_tables_that_are_not_as_the_models_say_are_wrong(empty_database):
    app = create_app(empty_database | {"CONSOLE_ENV": "development"})
    runner = app.test_cli_runner()
    assert runner.invoke(args=["db", "upgrade"]).exit_code == 0
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE users DROP COLUMN bio"))

    done = runner.invoke(args=["doctor"])

    with app.app_context():
        db.engine.dispose()
    assert done.exit_code == 1
    assert read(done.stdout)["tables"] == (
        "wrong",
        "The tables do not match the models. Missing changes: add column users.bio.",
    )


def test_an_empty_database_is_wrong(empty_database):
    app = create_app(empty_database | {"CONSOLE_ENV": "development"})

    done = app.test_cli_runner().invoke(args=["doctor"])

    with app.app_context():
        db.engine.dispose()
    assert done.exit_code == 1
    assert read(done.stdout)["revision"][0] == "wrong"


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must have at least 32 bytes"),
        ({"SECRET_KEY": STRONG}, "CONSOLE_BASE_URL is not set"),
        (
            {"SECRET_KEY": STRONG, "CONSOLE_BASE_URL": "http://console.example"},
            "CONSOLE_BASE_URL must begin with https://",
        ),
    ],
)
def test_what_would_not_be_served_is_wrong(database, ada, environ, sentence):
    app = create_app(database.environ | PRODUCTION | environ)

    done = app.test_cli_runner().invoke(args=["doctor"])

    with app.app_context():
        db.engine.dispose()
    assert done.exit_code == 1
    verdict, found = read(done.stdout)["serving"]
    assert (verdict, found.startswith(sentence)) == ("wrong", True)


@pytest.mark.only_on("sqlite")
def test_a_console_in_production_is_served_at_its_address(database, ada):
    environ = {"SECRET_KEY": STRONG, "CONSOLE_BASE_URL": "https://console.example"}
    app = create_app(database.environ | PRODUCTION | environ)

    done = app.test_cli_runner().invoke(args=["doctor"])

    assert done.exit_code == 0
    assert read(done.stdout)["serving"] == ("ok", "At https://console.example.")


@pytest.mark.parametrize("provider", ["postgresql", "mysql"])
def test_a_server_that_is_not_there_is_wrong(provider):
    # Port 1 is nobody's.
    url = f"{provider}://console:canary@127.0.0.1:1/rag_fortress"
    app = create_app({"CONSOLE_ENV": "development", "DATABASE_URL": url})

    done = app.test_cli_runner().invoke(args=["doctor"])

    assert done.exit_code == 1
    verdict, sentence = read(done.stdout)["connection"]
    assert (verdict, sentence.endswith("Check DATABASE_URL.")) == ("wrong", True)
    assert "canary" not in done.output


def test_names_that_can_be_mistaken_are_a_warning(findings, ada, person, session):
    person("root")
    person("r\u043e\u043et")

    _, found = findings()

    assert found["lookalikes"] == (
        *("warning", "Some names can be mistaken for each other: root and r\u043e\u043et."),
    )
    assert found["scripts"][1].endswith("several scripts: r\u043e\u043et.")


@pytest.mark.only_on("sqlite")
def test_after_make_run_no_key_is_asked_for(database, ada, tmp_path):
    app = create_app({"DATABASE_URL": database.url})
    app.instance_path = str(tmp_path)
    (tmp_path / "development-secret-key").write_text("made by make run")

    done = app.test_cli_runner().invoke(args=["doctor"])

    assert done.exit_code == 0
    verdict, sentence = read(done.stdout)["serving"]
    assert (verdict, "SECRET_KEY" in sentence) == ("warning", False)
    assert "make run" in sentence


@pytest.mark.only_on("postgresql", "mysql")
def test_the_connection_names_its_user(findings, ada, app):
    user = app.config["CONSOLE"].database_url.username

    assert findings()[1]["connection"][1].endswith(f", user {user}.")


def test_grants_from_outside_are_recorded_once_after_a_start(flask, session):
    assert flask("doctor", "--record").out.count("as the start") == 3
    pair = {
        "role_id": select(Role.id).where(Role.name == "viewer").scalar_subquery(),
        "permission_id": select(Permission.id)
        .where(Permission.code == "user:delete")
        .scalar_subquery(),
    }
    session.execute(insert(role_permissions).values(pair))

    told = "The permissions of 1 role changed outside the console: viewer."
    assert told in flask("doctor").out
    assert "Recorded the permissions of 1 role changed outside." in flask("doctor", "--record").out

    granted = events(session)[-1]
    assert (granted.action, granted.actor) == ("permission:granted", OUTSIDE.name)
    assert granted.after == {"codes": ["user:delete"]}
    assert "outside" not in flask("doctor").out


def test_rules_that_cannot_be_read_are_named(flask, ada, session):
    session.add(SettingRule(key="chunks", schema="{"))
    session.add(ValueRelation(expression="chunks <"))
    session.commit()

    said = flask("doctor").out

    assert "rules: 1 rule cannot be read, so every change is refused: chunks." in said
    assert "rules: 1 relation cannot be read and checks nothing: “chunks <”" in said


def test_parts_of_rules_that_check_nothing_are_named(flask, ada, session):
    session.add(SettingRule(key="chunks", schema='{"minimun": 5}'))
    session.add(ValueRelation(expression="llm_provider < 5"))
    session.commit()

    said = flask("doctor").out

    assert "rules: The rule of chunks: “minimun” is no keyword of JSON Schema" in said
    assert "“llm_provider < 5” checks nothing with the present values" in said
    assert "Did you mean “minimum”?" in flask("settings", "rules").out
