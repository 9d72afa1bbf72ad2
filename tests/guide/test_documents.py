"""What the documents name is there: tests, files, decisions."""

import re
from itertools import groupby

import pytest

from tests.guide.checkout import ROOT

KEPT = (
    *("migrate.py", "migrations/__init__.py", "migrations/env.py", "migrations/script.py.mako"),
    "migrations/versions/001_create_application_settings.py",
    "migrations/versions/002_create_user_management.py",
    *("app/models/__init__.py", "app/models/base.py", "app/models/application_setting.py"),
    *("app/models/user.py", "requirements.txt"),
)
REPLACED = {
    "alembic.ini": "migrations/alembic.ini",
    "app/core/database.py": "app/extensions.py",
    "app/config/database_settings.py": "app/config/database_url.py",
}
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
GLOSSARY = ROOT / "docs" / "glossary.md"
PATH = re.compile(r"`((?:app|bench|domain|migrations|static|templates|tests|tools|web)/[\w./-]+)`")
WORDS_OF_OLD = re.compile(
    r"\b(doors?|floor|turnstile|tick(?:s|ed)?|un-?tick\w*|anew|e-mails?|whoever|in vain)\b",
    re.IGNORECASE,
)


def test_the_files_of_the_guide_are_there():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [path for path in KEPT if not (ROOT / path).is_file()] == []
    for old, new in REPLACED.items():
        assert (ROOT / new).is_file()
        assert f"| `{old}` | `{new}` |" in readme


def test_every_test_that_is_named_is_there():
    text = (ROOT / "docs" / "development" / "guide-tests.md").read_text(encoding="utf-8")
    named = re.findall(r"`([a-z_/]+\.py)(?:::(\w+))?`", text)

    assert len([test for _, test in named if test]) > 40
    for path, test in named:
        if "test_" in path:
            assert f"def {test}" in (ROOT / "tests" / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_every_link_between_documents_leads_somewhere(document):
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))

    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_the_words_are_those_of_the_glossary(document):
    text = document.read_text(encoding="utf-8") if document != GLOSSARY else ""
    # Names of tests and of columns of the benchmark are quoted as they are.
    prose = re.sub(r"`[^`]*`|<!-- (.+?) -->.*?<!-- end of \1 -->", "", text, flags=re.DOTALL)

    assert WORDS_OF_OLD.findall(prose) == []


def test_every_term_of_the_glossary_has_a_meaning_and_its_place():
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    tables = [list(group) for is_row, group in groupby(rows, lambda row: row[0] != "---") if is_row]
    terms = [row for table in tables for row in table if row[0] != "Term"]

    assert all(len(row) == 3 and row[0] and row[1] for row in terms)
    assert len({row[0] for row in terms}) == len(terms) > 60


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_every_file_that_is_named_is_there(document):
    named = set(PATH.findall(document.read_text(encoding="utf-8"))) - REPLACED.keys()

    assert [path for path in sorted(named) if not _is_there(path)] == []


def test_the_walks_through_the_code_name_what_is_there():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    walks = re.findall(r"^### (A new value|Role IDs), (.*?)(?=^#)", text, re.MULTILINE | re.DOTALL)
    steps = {
        name: re.findall(r"^\| `(\S+)` \| `(\w+)` \|", walk, re.MULTILINE) for name, walk in walks
    }

    assert 5 < len(steps["A new value"]) <= 10
    assert 5 < len(steps["Role IDs"]) <= 12
    assert [
        (path, name)
        for path, name in (*steps["A new value"], *steps["Role IDs"])
        if not re.search(rf"\b{name}\b", (ROOT / path).read_text(encoding="utf-8"))
    ] == []


def _is_there(path):
    # Packages are also named without "app/", tests without "tests/".
    return any((root / path).exists() for root in (ROOT, ROOT / "app", ROOT / "tests"))
