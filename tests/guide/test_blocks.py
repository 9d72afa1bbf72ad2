"""Every command that README and documents show is typed here, or by the test that is named."""

import re
from io import StringIO

import pytest
from dotenv import dotenv_values

from app import config
from app.config.server_addresses import addresses
from app.database import problems
from tests.guide.checkout import ROOT, blocks
from tests.guide.installation import SYSTEM, lines
from tests.house.reading import code, strings

DOCUMENTS = ["README.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]
ELSEWHERE = {
    "curl ": "guide/test_api.py",
    "make run": "guide/test_make_run.py",
    "make demo": "tools/test_demo.py",
    "make check": ".ci/run",
    "make test": ".ci/run",
    "make format": "Makefile",
    "pytest ": ".ci/run",
    ".venv/bin/pip install --require-hashes": ".ci/run",
    "pg_basebackup": "tools/test_clusters.py",
    **dict.fromkeys(
        ("pg_dump", "psql", "mysqldump", "mysql", "cp rag_fortress.db", "sqlite3"),
        "guide/test_backups.py",
    ),
}
SHELL = ("set -a; ", "export ", ". .venv/bin/activate")
VARIABLE = re.compile(r"[A-Z_]+=")
INACTIVE_ADA = (
    "INSERT INTO users (username, email, password_hash, is_active)"
    " VALUES ('ada', 'ada@example.org', '-', '0')"
)
SERVING = {
    "CONSOLE_BASE_URL": "https://console.example.org",
    "SECRET_KEY": "ahWai3ohNgo7shie5Xeiqu6oothoh4Eech8oozui",
}


def typed(block):
    """What a block lets somebody type that only needs the console."""
    commands = [line.removeprefix(".venv/bin/") for line in lines(block)]
    return [line for line in commands if line.startswith(("flask ", "python "))]


TYPED = [
    pytest.param(commands, id=f"{document}-{commands[0]}")
    for document in DOCUMENTS
    for block in blocks(document, "sh")
    if (commands := typed(block))
]


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("commands", TYPED)
def test_the_commands_of_a_block_succeed_one_after_the_other(upgraded, commands):
    upgraded.operator.execute(INACTIVE_ADA)
    upgraded.environ |= SERVING

    for command in commands:
        done = upgraded.type(command)
        # The doctor finds that there is no administrator yet, which is no failure of the command.
        expected = {0, 1} if command == "flask doctor" else {0}
        assert done.returncode in expected, f"{command}: {done.stdout}{done.stderr}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_other_command_has_a_test_elsewhere(document):
    known = (*ELSEWHERE, *SYSTEM, *SHELL)
    commands = [line for block in blocks(document, "sh") for line in lines(block)]

    others = [line for line in commands if not typed(line) and not VARIABLE.match(line)]

    assert [line for line in others if not line.startswith(known)] == []


def test_what_is_named_for_a_command_is_there():
    for place in ELSEWHERE.values():
        assert (ROOT / place).exists() or (ROOT / "tests" / place).exists()


@pytest.mark.parametrize(
    "document", ["docs/install.md", "docs/configuration.md", "docs/clusters.md"]
)
def test_the_variables_that_are_shown_can_be_used(document):
    shown = [block for block in blocks(document, "sh") if VARIABLE.match(block)]

    for block in shown:
        variables = dict(dotenv_values(stream=StringIO(block), interpolate=False))
        found = addresses(config.read(variables | SERVING).database_url)
        assert ",".join(address.host for address in found) == variables["DB_HOST"]


def test_every_cause_of_a_connection_problem_is_explained():
    text = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")

    explained = re.findall(r"^\| `([^`]+?)\. (?:Check|Try again)", text, re.MULTILINE)
    meanings = {cause.meaning.format("LATIN1") for cause in problems._CAUSES}
    assert meanings == set(explained)


def test_every_message_that_is_explained_is_one_of_the_consoles():
    text = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
    said = " ".join(string for path in code("app", "migrations") for string in strings(path))

    cells = re.findall(r"^\| (`.+?) \| ", text, re.MULTILINE)
    messages = [message for cell in cells for message in re.findall(r"`([^`]+)`", cell)]
    assert len(messages) > 60
    assert [message for message in messages if not holds(said, message)] == []


def holds(text, message):
    """Tell whether three words of the message, side by side and no variable's, are in the text."""
    said = message.partition(". Check ")[0]
    words = [word for word in said.split() if not re.fullmatch(r"[A-Z_]{4,}:?|\.\.\.", word)]
    length = min(3, len(words))
    runs = (" ".join(words[at : at + length]) for at in range(len(words) - length + 1))
    return any(run.strip(".,") in text for run in runs)


@pytest.mark.only_on("sqlite")
def test_the_statements_that_are_shown_can_be_run(upgraded):
    shown = [block for block in blocks("docs/install.md", "sql") if "SELECT" in block]
    text = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    shown += re.findall(r"`(DELETE FROM [^`]+)`", text)

    assert len(shown) == 4
    upgraded.operator.execute(*shown)


@pytest.mark.only_on("sqlite")
def test_the_program_that_reads_an_export_gives_the_text_back(checkout):
    [program] = [block for block in blocks("docs/backup.md", "python") if "restored" in block]
    (checkout.folder / "users.csv").write_text("\ufeffname\r\n'=1+1\r\n", encoding="utf-8")

    assert checkout.python(f"{program}\nprint(rows)") == "[['name'], ['=1+1']]\n"


def test_the_sample_of_variables_can_be_used_as_a_whole():
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    sample = re.sub(r"^#([A-Z_]+=)", r"\1", text, flags=re.MULTILINE)
    variables = dict(dotenv_values(stream=StringIO(sample), interpolate=False))
    variables |= {"DB_SSLROOTCERT": "system"}  # the file is the reader's own

    assert len(variables) > 10
    assert config.read(variables | SERVING).database_url.get_backend_name() == "postgresql"
