"""The options of the commands: ``--json`` of those that read, ``--reason`` of those that change.

A command that opens a transaction for a change, in its own code or in what it calls of ``app.cli``,
changes; the others read.
"""

import inspect
from importlib import import_module
from types import FunctionType, ModuleType

import click
import pytest

import app.cli
from app import create_app, unit_of_work
from app.cli import output
from app.cli.lazy import LazyCommand
from app.unit_of_work import carry_out

# Of Flask-Migrate, which has neither option.
OF_MIGRATIONS = "db"
WITHOUT_REASON = {
    "audit export": "changes nothing: the record of it holds the filter",
    "doctor": "records what others did, whose reasons nobody here knows",
    "export": "changes nothing: the record of it holds the parts",
    "users copy-names": "derived data, of which nothing is recorded",
    "webhooks deliver": "sends what was decided before, and runs unattended",
}
WITHOUT_JSON = {
    "audit export": "--format json",
    "compile-templates": "reads nothing",
    "users copy-names": "prints nothing but the number",
}


@pytest.fixture(scope="module")
def commands():
    return dict(tree(create_app({}).cli.commands))


def test_a_command_that_changes_takes_a_reason(commands):
    changing = {name for name, command in commands.items() if changes(command)}

    assert lacking(commands, "--reason", changing) == sorted(WITHOUT_REASON)


def test_a_command_that_reads_writes_json(commands):
    reading = {
        name
        for name, command in commands.items()
        if lists(command) or not changes(command) or name in WITHOUT_REASON
    }

    assert lacking(commands, "--json", reading) == sorted(WITHOUT_JSON)


def test_most_commands_are_seen_through(commands):
    assert len(commands) > 60
    assert changes(commands["users assign"])
    assert changes(commands["settings rule"])
    assert not changes(commands["users show"])
    assert lists(commands["users sessions"])


def test_a_careless_command_is_noticed():
    @click.command()
    def careless():
        _change()

    @click.command()
    def silent():
        output.write_table((), ())

    commands = {"careless": careless, "silent": silent}

    assert changes(careless)
    assert lacking(commands, "--reason", {"careless"}) == ["careless"]
    assert lists(silent)
    assert not changes(silent)


def tree(commands, path=()):
    """Yield each command below a group, with its name and those of its groups."""
    for name, listed in commands.items():
        command = imported(listed)
        if name in OF_MIGRATIONS or not is_ours(command):
            continue
        if isinstance(command, click.Group):
            yield from tree(command.commands, (*path, name))
        else:
            yield " ".join((*path, name)), command


def imported(command):
    """Return the command that a placeholder stands for."""
    if isinstance(command, LazyCommand):
        return getattr(import_module(command._module), command.name)
    return command


def lacking(commands, option, names):
    """Return the names of the commands that lack an option."""
    return sorted(
        name
        for name in names
        if not any(option in parameter.opts for parameter in commands[name].params)
    )


def is_ours(command):
    return isinstance(command, click.Group) or command.callback.__module__.startswith("app.cli")


def changes(command):
    """Tell whether a command opens a transaction for a change."""
    return bool({carry_out, unit_of_work.record} & called(command.callback))


def lists(command):
    """Tell whether a command prints a table."""
    return output.write_table in called(command.callback)


def called(function):
    """Return the functions that a function of ``app.cli`` names, and those that these name."""
    found, waiting = set(), [inspect.unwrap(function)]
    while waiting:
        function = waiting.pop()
        if function in found:
            continue
        found.add(function)
        if function.__module__.startswith((app.cli.__name__, __name__)):
            waiting += named_in(function.__code__, function.__globals__)
    return found


def named_in(code, known):
    """Yield the functions that code names: its own module's, and those of modules it imports."""
    values = [known[name] for name in code.co_names if name in known]
    modules = [value for value in values if isinstance(value, ModuleType)]
    values += [getattr(module, name, None) for module in modules for name in code.co_names]
    yield from (value for value in values if isinstance(value, FunctionType))
    for inner in code.co_consts:
        if inspect.iscode(inner):
            yield from named_in(inner, known)


def _change():
    return carry_out(lambda: None, actor=None)
