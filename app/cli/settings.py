"""``flask settings``: the settings of the backend, by command."""

from typing import Any

import click

from app.cli import arguments, output
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, reason_option
from app.cli.commands import CommandGroup
from app.cli.failures import Failure
from app.domain import settings as domain
from app.domain.errors import NotFound
from app.domain.settings import STATES, DataType, SettingFilter, SettingLine, UnusualValue
from app.extensions import db
from app.unit_of_work import carry_out

TITLES = ("CATEGORY", "KEY", "TYPE", "STATE", "VALUE")
FIELDS = ("key", "category", "data_type", "value", "is_set", "is_mutable", "is_secret")

key_argument = click.argument("key", type=TEXT)


@click.group(cls=CommandGroup)
def settings() -> None:
    """List, read and change the settings of the backend."""


@settings.command("list")
@click.option("--category", type=TEXT, help="Only settings of this category.")
@click.option("--state", type=click.Choice(STATES), help="Only settings in this state.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
def list_(category: str | None, state: str | None, *, as_json: bool) -> None:
    """List the settings by category and key, with the beginning of each value."""
    lines = _lines(category, state or "")
    if as_json:
        output.write_json(_as_object(line) for line in lines)
    else:
        output.write_table(TITLES, (_as_cells(line) for line in lines))


@settings.command()
@key_argument
def get(key: str) -> None:
    """Print the value of a setting."""
    setting = domain.by_key(db.session, key)
    if domain.is_secret(key):
        raise Failure(f"{key} is a secret. The console never shows it.")
    if setting.value is None:
        raise Failure(f"{key} is not set.")
    output.write(domain.masked(setting.value))


@settings.command("set", context_settings={"ignore_unknown_options": True})
@key_argument
@click.argument("value", type=TEXT)
@reason_option
@click.option("--anyway", is_flag=True, help="Save a value that a rule warns of.")
def set_(key: str, value: str, reason: str, *, anyway: bool) -> None:
    """Set the value of a setting.

    If VALUE is -, the value is read from standard input, without the last line break.
    """
    text = arguments.standard_input() if value == "-" else value
    try:
        _overwrite(key, text, reason, anyway=anyway)
    except UnusualValue as warning:
        raise Failure(f"{warning} If it is meant, add --anyway.") from warning


@settings.command()
@key_argument
@reason_option
def unset(key: str, reason: str) -> None:
    """Remove a setting's value ("not set" is not the same as empty)."""
    _overwrite(key, None, reason)


def _overwrite(key: str, text: str | None, reason: str, *, anyway: bool = False) -> None:
    # The id is looked up first, because the first statement of the change has to be its lock.
    setting_id = domain.by_key(db.session, key).id
    actor = current_actor()
    event = carry_out(
        lambda: domain.overwrite(db.session, setting_id, text, reason, actor=actor, anyway=anyway),
        actor=actor,
    )
    if event is None:
        output.say(f"No change: {key} already has that value.")
    else:
        output.say(f"{key} was {'unset' if text is None else 'changed'}.")


def _lines(category: str | None, state: str) -> list[SettingLine]:
    lines = domain.read_all(db.session)
    if category is not None:
        lines = [line for line in lines if line.category == category]
        if not lines:
            raise NotFound(f"No category is named {category}.")
    return [line for line in lines if line.matches(SettingFilter(state=state))]


def _as_cells(line: SettingLine) -> tuple[str, ...]:
    return (line.category, line.key, line.data_type, _state(line), _summary(line))


def _state(line: SettingLine) -> str:
    if line.is_secret:
        return "secret"
    states = ("read-only" if line.read_only_reason else "", "not valid" if line.problem else "")
    return ", ".join(filter(None, states))


def _summary(line: SettingLine) -> str:
    if line.is_secret and line.is_set:
        return "Set"
    return domain.describe(line.value, DataType.of(line.data_type))


def _as_object(line: SettingLine) -> dict[str, Any]:
    fields = line._asdict()
    return {name: fields[name] for name in FIELDS} | {"is_valid": not line.problem}
