"""Guards in the code: declarations of access, registrations, locks, escapes and refusals."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

KINDS = ("access", "registration", "lock", "escape", "refusal")
_ACCESS = "__import__('app.web.access', fromlist=['access'])."
_WEAKER = {"requires": f"{_ACCESS}signed_in", "signed_in": f"{_ACCESS}public"}
_SAME = "(lambda view: view)"
_ESCAPES = frozenset({"escape", "_escape", "neutralised", "printable"})
_LOCKS = ("lock", "serialize_access_changes")
_REGISTERED = frozenset({"before_request", "after_request", "init_app", "register", "verify"})
_REGISTERING = ("web/security.py", "web/guard.py", "web/sections.py")


@dataclass(frozen=True)
class Guard:
    """A place in the code that keeps something out, and what stands there without it."""

    kind: str
    path: str
    line: int
    words: str
    place: tuple[int, int]
    instead: str

    @property
    def is_lock(self) -> bool:
        """Tell whether it keeps others waiting."""
        return self.kind == "lock"

    def without(self, source: bytes) -> bytes:
        """Return the source of its file without it."""
        start, end = self.place
        return source[:start] + self.instead.encode() + source[end:]

    def __str__(self) -> str:
        return f"{self.kind} {self.path}:{self.line} {self.words}"


class _Source:
    """A file of the code, in which nodes have places."""

    def __init__(self, root: Path, path: Path) -> None:
        self.path = str(path.relative_to(root))
        self.text = path.read_bytes()
        self.tree = ast.parse(self.text)
        self._starts = [0]
        for line in self.text.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def start(self, node: ast.AST) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.AST) -> int:
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def guard(self, kind: str, place: tuple[int, int], instead: str) -> Guard:
        words = b" ".join(self.text[slice(*place)].split()).decode()
        line = self.text.count(b"\n", 0, place[0]) + 1
        return Guard(kind, self.path, line, words[:90], place, instead)

    def node(self, kind: str, node: ast.AST, instead: str) -> Guard:
        return self.guard(kind, (self.start(node), self.end(node)), instead)


def find(root: Path) -> list[Guard]:
    """Return all guards, by kind and then by place."""
    sources = [_Source(root, path) for path in sorted((root / "app").rglob("*.py"))]
    guards = [guard for source in sources for search in _SEARCHES for guard in search(source)]
    return sorted(guards, key=lambda guard: (KINDS.index(guard.kind), guard.path, guard.place))


def _access(source: _Source) -> Iterator[Guard]:
    for node in ast.walk(source.tree):
        for decorator in getattr(node, "decorator_list", ()):
            name = _name(decorator.func if isinstance(decorator, ast.Call) else decorator)
            if "/web/" in source.path and name in _WEAKER:
                yield source.node("access", decorator, _WEAKER[name])
            elif "/web/" in source.path and name == "sensitive":
                yield source.node("access", decorator, _SAME)


def _registrations(source: _Source) -> Iterator[Guard]:
    if not source.path.endswith(_REGISTERING):
        return
    for node in ast.walk(source.tree):
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and _name(call.func) in _REGISTERED:
            yield source.node("registration", node, "pass")


def _locks(source: _Source) -> Iterator[Guard]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and _name(node.func) == "with_for_update":
            place = source.end(node.func.value), source.end(node)
            yield source.guard("lock", place, "")
        elif isinstance(node, ast.keyword) and node.arg == "with_for_update":
            yield source.node("lock", node.value, "False")
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            name = _name(node.value.func).lstrip("_")
            if "/domain/" in source.path and name.startswith(_LOCKS):
                yield source.node("lock", node, "pass")


def _escapes(source: _Source) -> Iterator[Guard]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _ESCAPES:
            yield source.node("escape", node.func, "str")


def _refusals(source: _Source) -> Iterator[Guard]:
    if "/domain/" not in source.path:
        return
    for node in ast.walk(source.tree):
        is_refusal = isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call | ast.Name)
        if is_refusal and _name(node.exc) != "AssertionError":
            yield source.node("refusal", node, "pass")


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Call):
        return _name(node.func)
    return getattr(node, "id", getattr(node, "attr", ""))


_SEARCHES: tuple[Callable[[_Source], Iterator[Guard]], ...] = (
    *(_access, _registrations, _locks, _escapes, _refusals),
)
