import json

from app.domain import transfer
from app.domain.transfer import Part
from tests.cli.conftest import ACTOR
from tests.support.contents import events


def test_the_export_is_written_and_recorded(flask, session, ada):
    done = flask("export")

    assert done.code == 0
    assert transfer.read_file(done.out).parts == list(Part)
    event = events(session)[-1]
    assert (event.action, event.actor) == ("transfer:exported", ACTOR)


def test_a_part_is_written_to_a_file(flask, tmp_path):
    path = tmp_path / "roles.json"

    done = flask("export", str(path), "--json", "--only", "roles")

    assert (done.code, done.out, done.err) == (0, "", f"Wrote {path}.\n")
    assert list(json.loads(path.read_text())) == ["format", "roles"]


def test_the_schema_is_written(flask, session):
    before = len(events(session))

    assert json.loads(flask("export", "--schema").out)["title"].startswith("Transfer file")
    assert len(events(session)) == before
