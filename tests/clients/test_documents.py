"""The programs that the reader's documents show do what is written there."""

import runpy

import pytest

from tests.guide.checkout import blocks

SHOWN = [
    *blocks("docs/reader.md", "python"),
    *blocks("clients/python/README.md", "python"),
]


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("program", "printed"),
    list(zip(SHOWN, ["1000\n", "1200 environment\n", "1000\n", "1000\n"], strict=True)),
    ids=["first", "overrides", "report", "readme"],
)
def test_a_program_that_is_shown_prints_a_value(
    database, program, printed, tmp_path, monkeypatch, capsys
):
    (tmp_path / "rag_fortress.db").symlink_to(database.path)
    monkeypatch.chdir(tmp_path)
    if "CHUNK_SIZE" in program:
        monkeypatch.setenv("CHUNK_SIZE", "1200")

    path = tmp_path / "program.py"
    path.write_text(program)
    runpy.run_path(str(path))

    assert capsys.readouterr().out == printed
