"""``flask settings``: the settings of the backend, by command."""

from collections.abc import Collection
from functools import partial
from typing import Any

import click

from app.cli import (
    arguments,
    output,
    setting_changes,
    setting_past,
    settings_status,
)
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, json_option, reason_option
from app.cli.commands import CommandGroup
from app.cli.failures import Failure, Misuse
from app.cli.rules import categories, relations, rule
from app.cli.setting_changes import TYPES
from app.domain import settings as domain
from app.domain.errors import NotFound
from app.domain.phrases import counted, listed
from app.domain.settings import (
    STATES,
    DataType,
    SecretState,
    SettingFilter,
    SettingLine,
    UnusualValue,
)
from app.extensions import db
from app.unit_of_work import carry_out

ALL_SETTINGS = SettingFilter()
TITLES = ("CATEGORY", "KEY", "TYPE", "STATE", "VALUE")
FIELDS = ("key", "category", "data_type", "value", "is_set", "is_mutable", "is_secret")

# What is wrong with the stored value of a secret.
SHOWN = (SecretState.IN_CLEAR, SecretState.FORMER_KEY, SecretState.UNREADABLE)

key_argument = click.argument("key", type=TEXT)


@click.group(cls=CommandGroup)
def settings() -> None:
    """List, read and change the settings of the backend, and their rules."""


settings.add_command(settings_status.status)
settings.add_command(setting_past.past)
for command in (
    *(setting_changes.create, setting_changes.delete, setting_changes.deleted),
    *(setting_changes.restore, setting_changes.history, setting_changes.undo),
    *(rule.rules, rule.rule, categories.category),
    *(relations.relations, relations.add_relation, relations.remove_relation),
):
    settings.add_command(command)


@settings.command("list")
@click.option("--search", type=TEXT, default="", help="Only settings with these words.")
@click.option("--category", type=TEXT, help="Only settings of this category.")
@click.option("--type", "data_type", type=TYPES, help="Only settings of this data type.")
@click.option("--state", type=click.Choice(STATES), help="Only settings in this state.")
@json_option
def list_(
    search: str, category: str | None, data_type: str | None, state: str | None, *, as_json: bool
) -> None:
    """List the settings by category and key, with the beginning of each value."""
    filters = SettingFilter(search, type=data_type or "", state=state or "")
    lines = _lines(category, filters)
    if as_json:
        output.write_json(_as_object(line) for line in lines)
    else:
        output.write_table(TITLES, (_as_cells(line) for line in lines))


@settings.command()
@key_argument
@json_option
def get(key: str, *, as_json: bool) -> None:
    """Print the value of a setting, or with --json what "list" tells of it."""
    setting = domain.by_key(db.session, key)
    if as_json:
        output.write_json(_as_object(line) for line in _lines() if line.key == setting.key)
        return
    if domain.is_secret_setting(setting):
        raise Failure(f"{key} is a secret. The console never shows it.")
    if setting.value is None:
        raise Failure(f"{key} is not set.")
    output.write(domain.masked(setting.value))


@settings.command("set", context_settings={"ignore_unknown_options": True})
@key_argument
@click.argument("value", type=TEXT, required=False)
@click.option("--stdin", "from_input", is_flag=True, help="Read the value from standard input.")
@reason_option
@click.option("--anyway", is_flag=True, help="Save a value that a rule warns of.")
def set_(key: str, value: str | None, reason: str, *, from_input: bool, anyway: bool) -> None:
    """Set the value of a setting.

    If VALUE is -, or with --stdin, the value is read from standard input, without the last line
    break. A secret is taken from there only; without either, the command asks for it.
    """
    text = _typed(key, value, from_input=from_input)
    try:
        _overwrite(key, text, reason, anyway=anyway)
    except UnusualValue as warning:
        raise Failure(f"{warning} If it is meant, add --anyway.") from warning


def _typed(key: str, value: str | None, *, from_input: bool) -> str:
    is_secret = domain.is_secret_setting(domain.by_key(db.session, key))
    arguments.refuse_both(value, from_input=from_input)
    if from_input or value == "-":
        return arguments.standard_input()
    if is_secret and value is not None:
        raise Misuse(f"{key} is a secret, which process lists would show. Use --stdin.")
    if is_secret:
        return str(click.prompt(f"New value of {key}", hide_input=True, err=True))
    if value is None:
        raise Misuse("Name a VALUE, or use --stdin.")
    return value


@settings.command()
@key_argument
@reason_option
def unset(key: str, reason: str) -> None:
    """Remove a setting's value ("not set" is not the same as empty)."""
    _overwrite(key, None, reason)


@settings.command("mark-secret")
@key_argument
@click.option("--not-secret", is_flag=True, help="It is none, whatever its key says.")
@reason_option
def mark_secret(key: str, reason: str, *, not_secret: bool) -> None:
    """Mark a setting as a secret. Its value is then hidden, and encrypted when it is set.

    A value that is encrypted stays hidden until it is replaced.
    """
    setting_id, actor = domain.by_key(db.session, key).id, current_actor()
    mark = partial(domain.mark_secret, db.session, setting_id, is_secret=not not_secret)
    event = carry_out(lambda: mark(reason=reason, actor=actor), actor=actor)
    kind = "no secret" if not_secret else "a secret"
    output.say(f"No change: {key} is {kind} already." if event is None else f"{key} is {kind} now.")


@settings.command("rotate-key")
@click.option("--in-clear", is_flag=True, help="Encrypt secrets that are stored in clear too.")
@reason_option
def rotate_key(reason: str, *, in_clear: bool) -> None:
    """Encrypt the secrets of a former key with the key of today.

    Former keys are in SETTINGS_ENCRYPTION_KEY_FALLBACKS. Each setting is a change of its own; after
    an interruption, run the command again.
    """
    if domain.keys_of(db.session).current is None:
        raise Misuse("MASTER_ENCRYPTION_KEY is not set, nor SETTINGS_ENCRYPTION_KEY.")
    states = domain.FORMER_OR_CLEAR if in_clear else domain.FORMER
    too_long = _encrypt_again(states, reason)
    stored = domain.secret_states(db.session)
    failures = []
    if lost := [key for key, state in stored.items() if state is SecretState.UNREADABLE]:
        failures.append(f"No key decrypts {listed(lost)}. Nothing was changed there.")
    if too_long:
        failures.append(f"Too long to be encrypted: {listed(too_long)}. Shorten the value there.")
    if failures:
        raise Failure(" ".join(failures))


def _encrypt_again(states: Collection[SecretState], reason: str) -> list[str]:
    """Encrypt the secrets that are stored in these ways; return the keys of those too long."""
    actor, count, too_long = current_actor(), 0, []
    ids = domain.ids_to_encrypt(db.session, states)
    encrypt = partial(domain.encrypt_again, db.session, states=states, reason=reason, actor=actor)
    with output.progress("Secrets", len(ids)) as advance:
        for setting_id in ids:
            try:
                count += carry_out(partial(encrypt, setting_id), actor=actor)
            except domain.TooLongToEncrypt as refusal:
                too_long += [refusal.target.name] if refusal.target else []
            except NotFound:
                # Deleted meanwhile, by somebody else.
                continue
            finally:
                advance(1)
    output.say(f"Encrypted {counted(count, 'secret')}.")
    return too_long


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


def _lines(category: str | None = None, filters: SettingFilter = ALL_SETTINGS) -> list[SettingLine]:
    lines = domain.read_all(db.session)
    if category is not None:
        lines = [line for line in lines if line.category == category]
        if not lines:
            raise NotFound(f"There is no category named {category}.")
    return domain.matching(lines, filters)


def _as_cells(line: SettingLine) -> tuple[str, ...]:
    return (line.category, line.key, line.data_type, _state(line), _summary(line))


def _state(line: SettingLine) -> str:
    states = (
        "secret" if line.is_secret else "",
        "read-only" if line.read_only_reason else "",
        line.secret_state.value if line.secret_state in SHOWN else "",
        "not valid" if line.problem else "",
    )
    return ", ".join(filter(None, states))


def _summary(line: SettingLine) -> str:
    if line.is_secret and line.is_set:
        return "Set"
    return domain.describe(line.value, DataType.of(line.data_type))


def _as_object(line: SettingLine) -> dict[str, Any]:
    fields = line._asdict()
    return {name: fields[name] for name in FIELDS} | {"is_valid": not line.problem}
