"""``flask db`` and ``python migrate.py``, as processes of their own, from anywhere."""

import pytest

from tests.migrations.operating import MAIN, ROOT

FLASK = ("-m", "flask", "--app", "app", "db")


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("interface", [(MAIN,), FLASK], ids=["migrate.py", "flask"])
def test_both_interfaces_lead_to_the_same_commands(operator, tmp_path, interface):
    folder = tmp_path if interface == (MAIN,) else ROOT
    operator.succeed("upgrade")

    assert _said(operator, *interface, "downgrade", "-1", cwd=folder) == ""
    assert operator.succeed("current") == "019_console_webhooks\n"


@pytest.mark.only_on("sqlite")
def test_the_words_of_the_guide_are_understood(operator, tmp_path):
    assert _said(operator, MAIN, "upgrade", "head", cwd=tmp_path) == ""
    assert "Usage: migrate.py [OPTIONS] COMMAND" in _said(operator, MAIN, "--help", cwd=tmp_path)
    assert operator.succeed("current") == "020_console_audit_ids (head)\n"


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("interface", [(MAIN,), FLASK], ids=["migrate.py", "flask"])
def test_a_wrong_variable_is_one_line_and_exit_code_2(operator, interface):
    operator.environ = {"DATABASE_PROVIDER": "oracle"}
    with operator.start(*interface, "current") as process:
        said = process.communicate()[1]

    assert process.returncode == 2
    assert said.count("\n") == 1


@pytest.mark.only_on("sqlite")
def test_alembic_is_left_to_the_commands(operator):
    code = "import sys; from app import create_app; create_app(); print('alembic' in sys.modules)"

    assert _said(operator, "-c", code) == "False\n"


@pytest.mark.only_on("sqlite")
def test_alembic_alone_says_what_to_use(operator, tmp_path):
    ini = str(ROOT / "migrations" / "alembic.ini")

    with operator.start("-m", "alembic", "-c", ini, "current", cwd=tmp_path) as process:
        said, complaint = process.communicate(timeout=60)

    assert (process.returncode, complaint) == (255, "")
    assert said == (
        "FAILED: Alembic alone does not know the database. Use flask db or python migrate.py,"
        " such as: python migrate.py current\n"
    )
    assert list(tmp_path.glob("*.db")) == []


def _said(operator, *command, **options):
    with operator.start(*command, **options) as process:
        said, complaint = process.communicate(timeout=60)
    assert process.returncode == 0, complaint
    return said
