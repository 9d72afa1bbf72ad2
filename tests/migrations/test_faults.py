"""Faults in the files of revisions, each told in one line."""

import pytest

from app.database.revisions import head

BROKEN = {
    "a name that is not defined": ("sx.execute('SELECT 1')", "NameError: name 'sx' is not defined"),
    "an error of its own": ("raise RuntimeError('no such\\nthing')", "RuntimeError: no such"),
    "no sentence": ("raise NotImplementedError", "NotImplementedError"),
}


@pytest.fixture
def folder(revisions):
    """The options that name the copy of the revisions."""
    return ("-d", str(revisions.folder))


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("what", BROKEN)
def test_an_error_in_a_revision_is_told_with_its_file_and_line(operator, revisions, folder, what):
    statement, told = BROKEN[what]
    operator.succeed("upgrade")
    revisions.write("008_broken", statement, "pass", after=head())

    assert operator.refused(*folder, "upgrade") == f"008_broken.py, line 9: {told}"
    assert operator.succeed("current") == f"{head()} (head)\n"


def test_a_revision_that_cannot_be_taken_back_is_refused_before_the_first_step(
    operator, revisions, folder
):
    revisions.write("008_one_way", "pass", "pass", after=head())
    path = revisions.versions / "008_one_way.py"
    path.write_text(path.read_text().partition("def downgrade")[0])
    revisions.write("009_more", "pass", "op.execute('DELETE FROM users')", after="008_one_way")
    operator.succeed(*folder, "upgrade")

    for target in ("-2", "base"):
        assert operator.refused(*folder, "downgrade", target) == (
            "008_one_way.py has no downgrade(). Nothing was changed."
        )
    assert operator.ask("SELECT version_num FROM alembic_version") == [("009_more",)]


def test_a_downgrade_that_ends_in_an_error_is_one_line(operator, revisions, folder):
    revisions.write("008_one_way", "pass", "raise NotImplementedError", after=head())
    operator.succeed(*folder, "upgrade")

    said = operator.refused(*folder, "downgrade", "-1")

    assert said == "008_one_way.py, line 13: NotImplementedError"
    assert operator.ask("SELECT version_num FROM alembic_version") == [("008_one_way",)]


HEAD = f"revision = '008_x'\ndown_revision = '{head()}'\n"


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("command", ["upgrade", "history", "current"])
@pytest.mark.parametrize(
    ("source", "told"),
    [
        (f"{HEAD}def upgrade(:\n", "008_x.py, line 3: SyntaxError"),
        (f"{HEAD}import nowhere\n", "008_x.py, line 3: ModuleNotFoundError: No module named"),
        ("revision = '008_x'\n", "008_x.py "),
        (HEAD.replace(head(), "006_x"), ""),
    ],
    ids=["syntax", "import", "no-chain", "nowhere"],
)
def test_a_file_that_is_no_revision_is_one_line(operator, revisions, folder, command, source, told):
    (revisions.versions / "008_x.py").write_text(source)

    assert operator.refused(*folder, command).startswith(told)
