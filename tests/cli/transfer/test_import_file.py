import json

from app.domain import settings
from tests.support.contents import events

FILE = "format: rag-fortress-console/1\nsettings: [{key: chunk_size, value: 777}]\n"
MORE = FILE.replace("]", ", {key: unheard_of, value: 1}]")


def value(session):
    return settings.by_key(session, "chunk_size").value


def test_a_dry_run_only_prints(flask, session):
    done = flask("import", "-", "--dry-run", typed=FILE)

    assert (done.code, done.out) == (0, "~ setting chunk_size: 1000 -> 777\n")
    assert done.err == "Would import: 0 added, 1 changed.\n"
    assert value(session) == "1000"


def test_the_file_is_imported_once(flask, session, tmp_path):
    path = tmp_path / "console.yaml"
    path.write_text(FILE)

    assert flask("import", str(path), "--reason", "From Git").code == 0

    assert value(session) == "777"
    assert [event.reason for event in events(session)[-2:]] == ["From Git"] * 2
    again = flask("import", str(path))
    assert (again.code, again.out, again.err) == (0, "", "Nothing to change.\n")


def test_what_is_refused_is_told_and_loses_nothing_else(flask, session):
    done = flask("import", "-", "--json", typed=MORE)

    changed, refused = map(json.loads, done.out.splitlines())
    assert (changed["name"], changed["outcome"]) == ("chunk_size", "change")
    assert (refused["name"], refused["outcome"]) == ("unheard_of", "refused")
    assert (done.code, value(session)) == (1, "777")


def test_lines_of_env_are_imported(flask, session):
    assert flask("import", "-", "--env", typed="CHUNK_SIZE=777\n").code == 0
    assert value(session) == "777"


def test_a_file_that_cannot_be_read_is_a_misuse(flask):
    done = flask("import", "-", typed="format: x")

    assert done.code == 2
    assert "This is no transfer file." in done.err


def test_a_mistake_does_not_bring_a_secret_into_the_log(flask):
    file = "format: rag-fortress-console/2\nsettings: [{key: llm_api_key, value: [sk-SECRET]}]\n"

    for command in ("import", "diff"):
        done = flask(command, "-", typed=file)
        assert (done.code, "sk-SECRET" in done.out + done.err) == (2, False)
        assert "settings[0].value must be a string" in done.err


ROLE = "format: rag-fortress-console/1\nroles: [{name: viewer, permissions: [audit:read]}]\n"


def test_the_people_affected_are_told_before_and_after(flask, vera):
    sentences = (
        "1 person gains permissions: audit:read.\n1 person loses permissions: document:read.\n"
        "Only administrators {}have document:read.\n"
    )

    dry_run = flask("import", "-", "--dry-run", typed=ROLE)
    assert dry_run.err.startswith(sentences.format("would "))
    assert flask("import", "-", typed=ROLE).err.startswith(sentences.format(""))


def test_the_people_affected_are_the_last_object_of_the_json(flask, vera):
    change, impact = map(
        json.loads, flask("import", "-", "--dry-run", "--json", typed=ROLE).out.splitlines()
    )

    assert change["name"] == "viewer"
    assert impact == {
        "part": "impact",
        "gain": {"people": 1, "permissions": ["audit:read"]},
        "lose": {"people": 1, "permissions": ["document:read"]},
        "orphaned": ["document:read"],
    }
