import pytest

pytestmark = pytest.mark.only_on("sqlite")


def test_help_says_what_the_program_is(process):
    done = process("--help")

    assert done.code == 0
    assert "These are the commands of RAG Fortress Console" in done.out
    commands = done.out[done.out.index("Commands:") :]
    assert "Tell how a file of an export" in commands
    assert "..." not in commands


@pytest.mark.parametrize(
    ("words", "expected"),
    [("flask settings re", "restore"), ("flask settings list --js", "--json")],
)
def test_a_shell_completes_commands_and_options(process, words, expected):
    completing = {
        "_FLASK_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }

    assert f"plain,{expected}" in process(environ=completing).out.splitlines()
