"""The interfaces of the console: what people, scripts and databases rely on changes knowingly."""

import importlib
import pkgutil
import re
from pathlib import Path

import click
import pytest
from wtforms import Form
from wtforms.fields.core import UnboundField

import app
from app import create_app
from app.api.blueprint import PREFIX
from app.api.endpoint import ENDPOINTS
from app.extensions import db

LIST = Path(__file__).with_name("interfaces.txt")


@pytest.fixture(scope="module")
def listed():
    return set(LIST.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("kind", ["url", "field", "command", "variable", "table"])
def test_an_interface_is_as_it_is_listed(kind, listed):
    console = create_app({})
    present = {line for line in interfaces(console) if line.startswith(f"{kind} ")}

    assert sorted(present) == sorted(line for line in listed if line.startswith(f"{kind} "))


def test_a_new_url_is_noticed(listed):
    careless = create_app({})
    careless.add_url_rule("/careless", "careless", lambda: "Done.", methods=["GET"])

    assert set(interfaces(careless)) - listed == {"url GET /careless"}


def interfaces(console):
    """Yield each interface of a console, a line each."""
    yield from (f"url {line}" for line in _urls(console))
    yield from (f"field {name}" for name in _fields(_modules()))
    yield from (f"command {line}" for line in _commands(console.cli, "flask"))
    yield from (f"variable {name}" for name in _variables())
    for table in db.metadata.tables.values():
        for column in table.columns:
            null = "" if column.nullable else " not null"
            yield f"table {table.name}.{column.name} {type(column.type).__name__}{null}"


def _urls(console):
    for rule in console.url_map.iter_rules():
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            needed = _needed(method, rule.rule)
            yield f"{method} {re.sub('<[^>]*>', '<>', rule.rule)}{needed}"


def _needed(method, path):
    """Return the permissions that a request of the API needs; pages have a table of their own."""
    found = [one for one in ENDPOINTS if (one.method, f"{PREFIX}{one.path}") == (method, path)]
    return f" needs {found[0].permissions}" if found else ""


def _modules():
    modules = pkgutil.walk_packages(app.__path__, "app.")
    return [importlib.import_module(module.name) for module in modules]


def _fields(modules):
    classes = {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Form)
    }
    for form in classes:
        for name in dir(form):
            field = getattr(form, name)
            if isinstance(field, UnboundField):
                yield field.kwargs.get("name", name)


def _commands(group, path):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = _imported(group.get_command(context, name))
        line = f"{path} {name}"
        yield line
        for parameter in command.params:
            yield f"{line} {'/'.join([*parameter.opts, *parameter.secondary_opts])}"
        if isinstance(command, click.Group):
            yield from _commands(command, line)


def _imported(command):
    """Return the command for which a placeholder stands."""
    module = getattr(command, "_module", None)
    return getattr(importlib.import_module(module), command.name) if module else command


class _Environment(dict):
    """An environment that notes which of its variables are read."""

    def __init__(self, **values):
        super().__init__(values)
        self.names = set()

    def get(self, name, default=None):
        self.names.add(name)
        return super().get(name, default)


def _variables():
    environments = [_Environment(DATABASE_PROVIDER=name) for name in ("sqlite", "postgresql")]
    for environment in environments:
        create_app(environment)
    return set.union(*(environment.names for environment in environments))
