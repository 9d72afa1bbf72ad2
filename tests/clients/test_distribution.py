"""The distribution of the reader stands by itself."""

import ast
import re
import sys
import tomllib

from tests.house.reading import ROOT, code
from tests.house.test_requirements import _imported

PACKAGE = "clients/python"


def test_the_reader_imports_what_it_requires_and_nothing_of_the_console():
    project = tomllib.loads((ROOT / PACKAGE / "pyproject.toml").read_text())["project"]
    required = {re.match("[a-z-]+", line).group() for line in project["dependencies"]}
    imported = {name for path in code(PACKAGE) for name in _imported(path)}

    assert imported - sys.stdlib_module_names - {"settings_reader"} == required


def test_secrets_are_imported_when_they_are_needed():
    tree = ast.parse((ROOT / PACKAGE / "settings_reader/secrets.py").read_text())
    named = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]

    assert "cryptography.fernet" in named


def test_reports_hide_what_the_console_hides():
    own, console = ROOT / PACKAGE / "settings_reader", ROOT / "app/domain/settings"
    for name in ("secret_keys.py", "secrecy.py"):
        text = (console / name).read_text()
        text = text.replace("from app.domain.settings.", "from settings_reader.")
        assert (own / name).read_text() == text, f"copy {console / name} to {own}"
