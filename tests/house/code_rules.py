"""The rules of the house that are read off the code: each yields what breaks it, line by line."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.domain.permissions import PermissionCode
from tests.house.reading import calls, dotted, imported

Offences = Iterator[tuple[int, str]]

QUERIES = {"select", "insert", "update", "delete", "text"}
SESSION_METHODS = {
    *("add", "add_all", "delete", "merge", "flush", "refresh", "bulk_save_objects"),
    *("bulk_insert_mappings", "bulk_update_mappings", "execute", "scalar", "scalars", "get"),
    *("get_one", "query", "stream"),
}
NAIVE = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.datetime.now"}
CODE = re.compile(r"[a-z_]+:(create|read|update|delete|assign)")
LONGEST = 40  # lines of a function without its signature and docstring
VAGUE = ("Manager", "Handler", "Service", "Helper", "Processor")
WELL_KNOWN = {str(code) for code in PermissionCode}
NOQA = re.compile(r"#\s*noqa(?!: [A-Z]+\d+(, ?[A-Z]+\d+)* - \w)")
IGNORE = re.compile(r"#\s*type:\s*ignore(?!\[)")


@dataclass(frozen=True)
class Rule:
    """A rule of the house.

    Attributes:
        folders: Where it holds.
        offences: What breaks it in a parsed file.
        bad: A piece of code that breaks it.
        good: One that does not.
        exempt: Files that the rule speaks of.
    """

    folders: tuple[str, ...]
    offences: Callable[[ast.AST], Offences]
    bad: str
    good: str
    exempt: tuple[str, ...] = ()


def _transaction_ends(tree: ast.AST) -> Offences:
    for call, name in calls(tree):
        if name.rpartition(".")[2] in {"commit", "rollback"}:
            yield call.lineno, name


def _database_access(tree: ast.AST) -> Offences:
    for call, name in calls(tree):
        owner, _, method = name.rpartition(".")
        if owner == "db.session" and method in SESSION_METHODS:
            yield call.lineno, name
    for line, name in imported(tree, "sqlalchemy"):
        if name in QUERIES:
            yield line, f"from sqlalchemy import {name}"


def _commits(tree: ast.AST) -> Offences:
    for call, name in calls(tree):
        if name.endswith("session.commit"):
            yield call.lineno, name


def _naive_moments(tree: ast.AST) -> Offences:
    for call, name in calls(tree):
        if name in NAIVE and not call.args and not call.keywords:
            yield call.lineno, name


def _raw_permissions(tree: ast.AST) -> Offences:
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, str) and (value in WELL_KNOWN or CODE.fullmatch(value)):
            yield node.lineno, repr(value)


def _vague_names(tree: ast.AST) -> Offences:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name.endswith(VAGUE):
            yield node.lineno, node.name


def _broad_handlers(tree: ast.AST) -> Offences:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = "" if node.type is None else dotted(node.type)
            if caught in {"", "Exception", "BaseException"}:
                yield node.lineno, f"except {caught}".strip()


def _environment(tree: ast.AST) -> Offences:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and dotted(node) in {"os.environ", "os.getenv"}:
            yield node.lineno, dotted(node)


def _named_lambdas(tree: ast.AST) -> Offences:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            yield node.lineno, ast.unparse(node.targets[0])


def _long_functions(tree: ast.AST) -> Offences:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            start = node.body[1 if ast.get_docstring(node) else 0 :]
            if start and (node.end_lineno or 0) - start[0].lineno >= LONGEST:
                yield node.lineno, node.name


RULES = {
    "functions have names": Rule(
        folders=("app", "clients", "migrations", "tools", "bench", "tests"),
        offences=_named_lambdas,
        bad="double = lambda number: 2 * number",
        good="def double(number):\n    return 2 * number",
    ),
    "functions have at most 40 lines": Rule(
        folders=("app",),
        offences=_long_functions,
        bad="def long():\n" + "    work()\n" * 41,
        good="def short():\n" + "    work()\n" * 40,
    ),
    "domain functions never commit or roll back": Rule(
        folders=("app/domain",),
        offences=_transaction_ends,
        bad="def change(session):\n    session.commit()",
        good="def change(session):\n    session.add(event)",
    ),
    "views and commands read and write through the domain": Rule(
        folders=("app/web", "app/api", "app/cli"),
        offences=_database_access,
        bad="from sqlalchemy import update\ndb.session.add(user)",
        good="users.add(db.session, name)\ndb.session.rollback()",
    ),
    "one place commits": Rule(
        folders=("app",),
        offences=_commits,
        bad="db.session.commit()",
        good="unit_of_work.carry_out(change, actor=actor)",
        exempt=("app/unit_of_work.py",),
    ),
    "moments have a zone": Rule(
        folders=("app", "migrations", "tests", "tools"),
        offences=_naive_moments,
        bad="from datetime import datetime\ndatetime.now()",
        good="from datetime import UTC, datetime\ndatetime.now(UTC)",
    ),
    "permissions are named by PermissionCode": Rule(
        folders=("app",),
        offences=_raw_permissions,
        bad="requires(read='settings:read')",
        good="requires(read=PermissionCode.SETTINGS_READ)\naction = 'setting:changed'",
        exempt=("app/domain/permissions.py",),
    ),
    "names say what a thing is": Rule(
        folders=("app",),
        offences=_vague_names,
        bad="class SettingsManager: ...",
        good="class SettingEdit: ...",
    ),
    "errors are caught by their names": Rule(
        folders=("app", "clients", "migrations", "tools", "tests"),
        offences=_broad_handlers,
        bad="try:\n    work()\nexcept Exception:\n    raise",
        good="try:\n    work()\nexcept (KeyError, ValueError):\n    raise",
    ),
    "the configuration alone reads the environment": Rule(
        folders=("app",),
        offences=_environment,
        bad="import os\nos.environ['SECRET_KEY']",
        good="import os\nos.fspath('.')",
        exempt=("app/config/environment.py",),
    ),
}
