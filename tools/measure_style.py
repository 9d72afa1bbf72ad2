"""The measures of the code that the house keeps: ``python -m tools.measure_style``.

``--write`` puts the table between the markers of docs/development.md.
"""

import ast
import re
import statistics
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "development.md"
MARKERS = ("<!-- measures -->", "<!-- end of measures -->")
WRITTEN = ("app", "bench", "migrations", "tests", "tools")
SILENCED = re.compile(r"#\s*(?:noqa|type:\s*ignore)")
QUESTION = re.compile(r"(What|Which|Who|Whose|Whom|Those|How|Where|When|Why|Whether)\b")


class Measure(NamedTuple):
    """A measure, its value and its goal."""

    name: str
    value: str
    goal: str


def measures() -> Iterator[Measure]:
    """Yield the measures of the checkout."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in _python("app")}
    views = [_body(view) for tree in trees.values() for view in _views(tree)]
    functions = [_lines(node) for tree in trees.values() for node in _functions(tree)]
    modules = [_length(path) for path in trees]
    templates = [_length(path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    folders = Counter(path.parent for path in trees)
    classes = Counter(node.name for tree in trees.values() for node in _classes(tree))
    yield Measure("View bodies, lines: median, 90 %, longest", _spread(views), "8, 12, 15")
    yield Measure("Modules, lines: 90 %, longest", _spread(modules, with_median=False), "160, 250")
    median, longest = _number(statistics.median(functions)), max(functions)
    yield Measure("Functions, lines: median, longest", f"{median}, {longest}", "6, 40")
    yield Measure("Templates, lines: median", _number(statistics.median(templates)), "30")
    yield Measure("Files in one folder", str(max(folders.values())), "25")
    repeated = sum(count > 1 for count in classes.values())
    yield Measure("Class names defined twice", str(repeated), "0")
    yield Measure("Checks silenced (noqa, type: ignore)", str(len(list(silenced()))), "15")
    yield Measure("Named lambdas", str(sum(map(_named_lambdas, trees.values()))), "0")
    yield Measure("Docstrings that open with a question word", str(_questions(trees.values())), "0")
    yield Measure("Lines of app", f"{sum(modules):,}", "16,089")


def silenced() -> Iterator[str]:
    """Yield each line that silences a check, in all that the project's people write."""
    for path in _python(*WRITTEN):
        for line in path.read_text(encoding="utf-8").splitlines():
            if SILENCED.search(line) and "re.compile" not in line and '"# "' not in line:
                yield f"{path.relative_to(ROOT)}: {line.strip()}"


def _python(*folders: str) -> list[Path]:
    paths = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in paths if "vendor" not in path.parts)


def _length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _classes(tree: ast.AST) -> Iterator[ast.ClassDef]:
    nodes = (node for node in ast.iter_child_nodes(tree) if isinstance(node, ast.ClassDef))
    return (node for node in nodes if not node.name.startswith("_"))


def _views(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    for node in _functions(tree):
        decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
        if any(text.startswith("blueprint.") for text in decorators) and len(decorators) > 1:
            yield node


def _body(node: ast.FunctionDef) -> int:
    """Return the lines of a function without its signature and docstring."""
    statements = node.body[1:] if ast.get_docstring(node) else node.body
    return (node.end_lineno or 0) - statements[0].lineno + 1 if statements else 0


def _lines(node: ast.FunctionDef) -> int:
    """Return the lines of a function without its docstring."""
    docstring = node.body[0] if ast.get_docstring(node) else None
    hidden = (docstring.end_lineno or 0) - docstring.lineno + 1 if docstring else 0
    return (node.end_lineno or 0) - node.lineno + 1 - hidden


def _named_lambdas(tree: ast.AST) -> int:
    nodes = ast.walk(tree)
    return sum(
        isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda) for node in nodes
    )


def _questions(trees: Sequence[ast.AST] | Iterator[ast.AST]) -> int:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, documented)]
    return sum(bool(QUESTION.match(ast.get_docstring(node) or "")) for node in nodes)


def _spread(lines: Sequence[int], *, with_median: bool = True) -> str:
    ninety = statistics.quantiles(lines, n=10)[-1]
    median = [statistics.median(lines)] if with_median else []
    return ", ".join(map(_number, [*median, ninety, max(lines)]))


def _number(value: float) -> str:
    return f"{value:.0f}"


def _table() -> str:
    rows = [f"| {measure.name} | {measure.value} | {measure.goal} |" for measure in measures()]
    return "\n".join(["| Measure | Now | Goal |", "|---|---:|---:|", *rows])


def _write(table: str) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    start, end = (text.index(marker) for marker in MARKERS)
    text = f"{text[: start + len(MARKERS[0])]}\n\n{table}\n\n{text[end:]}"
    DOCUMENT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    found = _table()
    print(found)
    if sys.argv[1:] == ["--write"]:
        _write(found)
