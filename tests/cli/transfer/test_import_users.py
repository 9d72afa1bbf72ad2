import json

from app.domain import users

FILE = "username,email\nnora,nora@example.org\nbad name,x@example.org\n"


def test_a_dry_run_creates_nobody(flask, session):
    done = flask("users", "import", "-", "--dry-run", typed=FILE)

    assert done.out.startswith("row 3: bad name: The user name contains a space")
    assert "Would create 1 user; 0 existed already." in done.err
    assert users.find(session, "nora") is None


def test_each_row_has_its_result(flask, session, tmp_path):
    path = tmp_path / "users.csv"
    path.write_text(FILE)

    done = flask("users", "import", str(path), "--json")

    assert done.code == 1
    assert [json.loads(line)["outcome"] for line in done.out.splitlines()] == ["created", "refused"]
    assert users.find(session, "nora") is not None
    again = flask("users", "import", str(path), "--json")
    assert json.loads(again.out.splitlines()[0])["outcome"] == "exists"


def test_a_file_that_cannot_be_read_is_a_misuse(flask):
    assert flask("users", "import", "-", typed="a,b").code == 2
