"""Guards in the code: declarations of access, registrations, locks, escapes and refusals.

A refusal raises an error, ends a request, or calls a function that may do so.

A guard is given a switch, so that it can be taken away and put back while the console runs.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

KINDS = ("access", "registration", "lock", "escape", "refusal")
_ACCESS = "__import__('app.web.access', fromlist=['access'])."
_WEAKER = {"requires": f"{_ACCESS}signed_in", "signed_in": f"{_ACCESS}public"}
_SAME = "(lambda view: view)"
_ESCAPES = frozenset({"escape", "_escape", "neutralised", "printable"})
_LOCKS = ("lock", "serialize_access_changes", "take_turns")
_CHECKS = re.compile("_*(abort|check|checked|demand|deny|hold|refuse|require)(_.*)?")
_NO_GUARDS = frozenset({"AssertionError", "NotImplementedError"})
# What an endpoint of the API declares, and what stands for nothing there.
_NEEDS = {"needs": "()", "read": "None"}
_REGISTERED = frozenset({"before_request", "after_request", "init_app", "register", "verify"})
_SWITCH = "__import__('app.guard_switch', fromlist=['stands'])"
_NOTHING, _NO_CALL = "pass", "no call"
_REGISTERING = ("web/security.py", "web/guard.py", "web/sections.py")


@dataclass(frozen=True)
class Guard:
    """A place in the code that keeps something out, and what stands there without it.

    Attributes:
        is_declared: It counts when the console is set up, and never again.
    """

    kind: str
    path: str
    line: int
    words: str
    place: tuple[int, int]
    instead: str
    is_declared: bool

    def with_switch(self, source: bytes, number: int) -> bytes:
        """Return the source of its file, in which a switch with a number takes it away."""
        start, end = self.place
        guard, stands = source[start:end].decode(), f"{_SWITCH}.stands({number})"
        if self.instead == _NOTHING:
            switched = f"if {stands}: {guard}"
        elif self.instead == _NO_CALL:
            switched = f"{_SWITCH}.refuses({number}, lambda: {guard})"
        else:
            switched = f"({guard} if {stands} else {self.instead})"
        return source[:start] + switched.encode() + source[end:]

    def __str__(self) -> str:
        return f"{self.kind} {self.path}:{self.line} {self.words}"


class _Source:
    """A file of the code, in which nodes have places."""

    def __init__(self, root: Path, path: Path) -> None:
        self.path = str(path.relative_to(root))
        self.text = path.read_bytes()
        self.tree = ast.parse(self.text)
        self._functions = [
            (node.lineno, node.end_lineno)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.FunctionDef)
        ]
        self._starts = [0]
        for line in self.text.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def start(self, node: ast.AST) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.AST) -> int:
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def guard(self, kind: str, node: ast.AST, instead: str) -> Guard:
        place = self.start(node), self.end(node)
        words = b" ".join(self.text[slice(*place)].split()).decode()
        is_run = any(first < node.lineno <= last for first, last in self._functions)
        is_declared = kind in {"access", "registration"} or not is_run
        return Guard(kind, self.path, node.lineno, words[:90], place, instead, is_declared)


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
                yield source.guard("access", decorator, _WEAKER[name])
            elif "/web/" in source.path and name == "sensitive":
                yield source.guard("access", decorator, _SAME)


def _access_of_api(source: _Source) -> Iterator[Guard]:
    if "/api/" not in source.path:
        return
    for node in ast.walk(source.tree):
        for name, value in _named_values(node):
            if name in _NEEDS:
                yield source.guard("access", value, _NEEDS[name])


def _named_values(node: ast.AST) -> Iterable[tuple[object, ast.AST]]:
    """Return the keyword arguments of a call, or the entries of a dictionary."""
    if isinstance(node, ast.Call):
        return [(each.arg, each.value) for each in node.keywords]
    if isinstance(node, ast.Dict):
        return zip((getattr(key, "value", None) for key in node.keys), node.values, strict=True)
    return ()


def _registrations(source: _Source) -> Iterator[Guard]:
    if not source.path.endswith(_REGISTERING):
        return
    for node in ast.walk(source.tree):
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and _name(call.func) in _REGISTERED:
            yield source.guard("registration", node, _NOTHING)


def _locks(source: _Source) -> Iterator[Guard]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and _name(node.func) == "with_for_update":
            unlocked = source.text[source.start(node.func.value) : source.end(node.func.value)]
            yield source.guard("lock", node, unlocked.decode())
        elif isinstance(node, ast.keyword) and node.arg == "with_for_update":
            yield source.guard("lock", node.value, "False")
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            name = _name(node.value.func).lstrip("_")
            if "/domain/" in source.path and name.startswith(_LOCKS):
                yield source.guard("lock", node, _NOTHING)


def _escapes(source: _Source) -> Iterator[Guard]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _ESCAPES:
            yield source.guard("escape", node.func, "str")


def _refusals(source: _Source) -> Iterator[Guard]:
    for node in ast.walk(source.tree):
        if _raises(node):
            yield source.guard("refusal", node, _NOTHING)
        elif _checks(node):
            yield source.guard("refusal", node, _NO_CALL)


def _raises(node: ast.AST) -> bool:
    is_error = isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call | ast.Name)
    return is_error and _name(node.exc) not in _NO_GUARDS


def _checks(node: ast.AST) -> bool:
    is_call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    return is_call and bool(_CHECKS.fullmatch(_name(node.value)))


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Call):
        return _name(node.func)
    return getattr(node, "id", getattr(node, "attr", ""))


_SEARCHES: tuple[Callable[[_Source], Iterator[Guard]], ...] = (
    *(_access, _access_of_api, _registrations, _locks, _escapes, _refusals),
)
