"""The project's own files, as the house tests read them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = (
    "app",
    "migrations",
    "templates",
    "static",
    "tests",
    "tools",
    "bench",
    "clients",
    "docs",
    ".ci",
)
TEXT = {".py", ".html", ".css", ".js", ".svg", ".md", ".toml", ".txt", ".sh", ".ini", ".mako", ""}


def code(*folders: str) -> list[Path]:
    """Return the Python files of folders of the project, or single files."""
    return [path for path in _below(folders) if path.suffix == ".py"]


def templates() -> list[Path]:
    """Return every template."""
    return [path for path in _below(("templates",)) if path.suffix in {".html", ".txt", ".xml"}]


def written_files() -> list[Path]:
    """Return every text file that the project's people write: not what others wrote."""
    tops = [path.name for path in ROOT.iterdir() if path.is_file() and path.suffix in TEXT]
    return [path for path in _below((*WRITTEN, *tops)) if path.suffix in TEXT]


def name_of(path: Path) -> str:
    """Return a file's path in the project."""
    return path.relative_to(ROOT).as_posix()


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Return every call in a tree, with the dotted name of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, dotted(node.func)


def dotted(node: ast.AST) -> str:
    """Return ``a.b.c`` for the expression a.b.c; other expressions within it become ``()``."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "()"


def imported(tree: ast.AST, module: str) -> Iterator[tuple[int, str]]:
    """Return the names that are imported from a module or what is below it, with their lines."""
    for node in ast.walk(tree):
        source = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        if f"{source}.".startswith(f"{module}."):
            yield from ((node.lineno, alias.name) for alias in node.names)


def strings(path: Path) -> list[str]:
    """Return the strings of a file; of one with gaps, each piece."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return [value for value in constants if isinstance(value, str)]


def _below(folders: tuple[str, ...]) -> Iterator[Path]:
    for folder in folders:
        start = ROOT / folder
        found = [start] if start.is_file() else sorted(start.rglob("*"))
        for path in found:
            if path.is_file() and not {"vendor", "__pycache__"} & set(path.parts):
                yield path
