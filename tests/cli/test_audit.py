"""``flask audit``: verifies, exports and prunes the record of changes."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, text, update

from app.domain import audit
from app.models import AuditEvent, ChainEntry, ChainHead
from tests.support.people import OPERATOR


@pytest.fixture
def recorded(flask, session):
    """Two changes by command after the start of settings; the ids of the three events."""
    flask("settings", "set", "chunk_size", "700")
    flask("settings", "set", "chunk_size", "900")
    ids = list(session.scalars(text("SELECT id FROM console_audit_events ORDER BY id")))
    session.commit()
    return ids


def test_verify_finds_the_first_bad_event(flask, session, recorded):
    done = flask("audit", "verify")
    assert (done.code, done.out) == (0, "The chain of 3 events is whole.\n")
    assert json.loads(flask("audit", "verify", "--json").out)["sequence"] == 3

    session.execute(update(ChainHead).values(allows_changes=True))
    session.execute(update(AuditEvent).values(reason="Edited."))
    session.commit()
    bad = flask("audit", "verify")
    assert (bad.code, bad.err) == (1, f"Error: Event {recorded[0]} was edited or moved.\n")
    told = flask("audit", "verify", "--json")
    assert (told.code, told.err, json.loads(told.out)["event"]) == (1, "", recorded[0])


@pytest.mark.only_on("sqlite")
def test_a_log_of_anchors_is_compared(flask, recorded, tmp_path):
    log = tmp_path / "console.log"
    log.write_text(f"Nov 28 console: {flask('audit', 'head').out}another line\n")
    assert flask("audit", "verify", "--anchor", str(log)).code == 0

    log.write_text(f"audit head: sequence=4 hash={'0' * 64}\n")
    assert flask("audit", "verify", "--anchor", str(log)).err == (
        "Error: The last events were cut off: 1 is missing.\n"
    )
    log.write_text("nothing\n")
    assert flask("audit", "verify", "--anchor", str(log)).code == 1


@pytest.mark.only_on("sqlite")
def test_another_key_verifies_as_a_fallback_only(process, recorded):
    new = {"AUDIT_KEY": "another key that was made for this very test"}
    assert "which is not set here" not in process("audit", "verify", environ=new).err

    new["SECRET_KEY"] = "a secret key that is not the one of the tests"
    assert "which is not set here" in process("audit", "verify", environ=new).err

    new["AUDIT_KEY_FALLBACKS"] = "a key for tests that protects nothing at all"
    assert process("audit", "verify", environ=new).code == 0


@pytest.mark.only_on("sqlite")
def test_events_without_a_key_are_counted(process, recorded):
    # In development, the key that ``make run`` keeps would be found.
    keyless = {"CONSOLE_ENV": "production", "SECRET_KEY": ""}
    process("settings", "set", "chunk_size", "500", environ=keyless)

    assert "1 event has no key" in process("audit", "verify").out
    assert process("audit", "verify", "--require-key").code == 1


@pytest.mark.only_on("sqlite")
def test_an_upgrade_covers_the_events_from_before_the_chain(flask, session, recorded):
    session.execute(update(ChainHead).values(allows_changes=True))
    session.execute(delete(ChainEntry))
    session.execute(update(ChainHead).values(sequence=0, hash="", allows_changes=False))
    assert flask("audit", "verify").code == 1

    flask("db", "upgrade")

    assert flask("audit", "verify").out == (
        "The chain of 1 event is whole. 3 events from before it match their digest.\n"
    )


def test_pruned_events_are_gone_and_the_chain_goes_on(flask, session, recorded):
    session.execute(update(ChainHead).values(allows_changes=True))
    session.execute(delete(ChainEntry))
    session.execute(update(ChainHead).values(sequence=0, hash="", allows_changes=False))
    flask("db", "upgrade")
    flask("settings", "set", "chunk_size", "600")

    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    assert flask("audit", "prune", "--before", tomorrow).code == 2
    assert flask("audit", "prune", "--before", "2020-01-01").err.endswith("Nothing was changed.\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.cli.audit.utcnow", lambda: datetime.now(UTC) + timedelta(days=2))
        done = flask("audit", "prune", "--before", tomorrow, "--reason", "Kept for a year.")

    assert done.err == f"Deleted 5 events from before {tomorrow}.\n"
    [event] = session.scalars(select(AuditEvent))
    assert (event.action, event.reason) == ("audit:pruned", "Kept for a year.")
    assert audit.length_of_chain(session) == 1
    assert flask("audit", "verify").out == "The chain of 1 event is whole.\n"


def test_a_broken_chain_is_not_pruned(flask, session, recorded):
    session.execute(update(ChainHead).values(allows_changes=True))
    session.execute(update(AuditEvent).values(reason="Edited."))

    done = flask("audit", "prune", "--before", "2020-01-01")

    assert done.code == 1
    assert done.err.endswith(f"Event {recorded[0]} was edited or moved. Nothing was deleted.\n")


@pytest.mark.only_on("sqlite")
def test_a_pruning_that_was_interrupted_leaves_a_whole_chain(flask, session, recorded):
    pruning = audit.plan(session, datetime.now(UTC) + timedelta(days=1))
    audit.record_pruning(session, pruning, datetime.now(UTC), actor=OPERATOR, reason="")
    session.commit()

    assert flask("audit", "verify").code == 0
    audit.delete_some(session, pruning)
    session.commit()
    assert flask("audit", "verify").out == "The chain of 1 event is whole.\n"


def test_the_doctor_looks_at_the_end_of_the_chain(flask, session, recorded):
    whole = "record: The end of the chain of audit events is signed, and triggers protect it."
    assert whole in flask("doctor").out

    session.execute(update(ChainHead).values(sequence=7))
    assert "wrong    record: The end of the chain" in flask("doctor").out


def test_the_record_is_exported_as_the_page_exports_it(flask, session, recorded, tmp_path):
    table = flask("audit", "export", "--target", "chunk_size", "--from", "2020-01-01").out
    assert [line.split(",")[0] for line in table.splitlines()[1:]] == list(map(str, recorded[1:]))

    file = tmp_path / "events.jsonl"
    assert flask("audit", "export", str(file), "--format", "jsonl", "--outcome", "done").code == 0
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line["action"] for line in lines] == [
        *("settings:recorded", "setting:changed", "setting:changed"),
        *("events:exported", "events:exported"),
    ]
    assert lines[0]["after"]["values"]["chunk_size"] == "1000"
    assert lines[3]["after"]["filter"] == {"target": "chunk_size", "from": "2020-01-01"}

    assert flask("audit", "export", "--to", "2020-01-01").out.count("\n") == 1
    assert flask("audit", "export", "--to", "2020-01-01T08:30").out.count("\n") == 1
    assert flask("audit", "export", "--from", "2020").code == 2
    named = ("--target", "Chunk_Size", "--from", "2020-01-01 08:30")
    assert flask("audit", "export", *named).out.count("\n") == 3
    assert flask("audit", "export", "--actor", "x" * 300).code == 1
    assert flask("audit", "export", "--outcome", "perhaps").code == 2


def test_events_of_one_id_are_exported_whatever_the_name(flask, session, vera):
    flask("users", "assign", "vera", "user")
    vera.username = "veronica"
    session.commit()
    flask("users", "assign", "veronica", "admin")
    of_her = ("audit", "export", "--format", "jsonl", "--type", "user", "--target-id", str(vera.id))

    lines = [json.loads(line) for line in flask(*of_her).out.splitlines()]

    assert [line["target_name"] for line in lines] == ["vera", "veronica"]
    assert flask(*of_her, "--as-of", "2020-01-01").out == ""
    by_name = flask("audit", "export", "--to-user", "veronica", "--type", "role").out
    assert [line.split(",")[7] for line in by_name.splitlines()[1:]] == ["vera", "veronica"]
    assert flask("audit", "export", "--by-user", "veronica", "--to-role", "admin").code == 0
    assert flask("audit", "export", "--by-user", "vera").code == 1
    assert flask("audit", "export", "--actor-id", str(vera.id)).out.count("\n") == 1
    [*_, told] = session.scalars(select(AuditEvent.after).order_by(AuditEvent.id))
    assert json.loads(told)["filter"] == {"actor_id": str(vera.id)}
    assert flask("audit", "export", "--target-id", "1").code == 1
    assert flask("audit", "export", "--actor-id", "0").code == 2


def test_commands_take_a_reason(flask, session, omar):
    flask("users", "assign", "omar", "viewer", "--reason", "Joined the archive.")
    flask("users", "deactivate", "omar", "--reason", "On leave.")
    flask("users", "create", "max", "max@example.org", "--reason", "New.")
    assert flask("users", "create", "may", "may@example.org", "--reason", "x" * 501).code == 1

    reasons = session.scalars(select(AuditEvent.reason).order_by(AuditEvent.id)).all()
    assert reasons == ["Joined the archive.", "On leave.", "New."]
