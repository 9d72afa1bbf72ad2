"""Checks of new values against the rules, the same for pages, reviews and commands."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select

from app.domain.errors import InvalidValue
from app.domain.phrases import listed
from app.domain.settings import secrecy
from app.domain.settings.value_rules import relations, rules, schemas
from app.domain.settings.value_rules.comparisons import Operand
from app.domain.settings.value_rules.json_schema.steps import Allowance
from app.domain.settings.value_rules.relations import Relation
from app.domain.settings.value_rules.rules import SettingRules, ValueRule
from app.domain.settings.values import VALUE_FIELD
from app.domain.text import checked_reason, is_name
from app.models import ApplicationSetting, DbSession

_BOUNDS = re.compile(r"must be from (\S+ to \S+)")


class UnusualValue(InvalidValue):
    """The value breaks a rule that only warns, and nobody has said to save it anyway."""


class NewValue(NamedTuple):
    """A value that a save gives a setting; ``anyway`` confirms it against a warning."""

    key: str
    category: str | None
    data_type: str
    value: str | None
    anyway: bool = False


def mistakes_of(
    session: DbSession, found: SettingRules, new: Sequence[NewValue]
) -> dict[str, InvalidValue]:
    """Return what speaks against a save, by the key of the setting.

    Args:
        session: The database session; it only reads.
        found: The rules of these settings, and all relations.
        new: The values that change, all of one save.
    """
    mistakes = _of_own_rules(found, new)
    by_key = {value.key: value for value in new}
    concerned = [one for one in found.relations if not by_key.keys().isdisjoint(one.keys)]
    known = _known(session, concerned, by_key) if concerned else {}
    for relation in concerned:
        if broken := relation.broken(known):
            for key in relation.keys:
                if key in by_key:
                    _add(mistakes, by_key[key], broken, is_warning=relation.is_warning)
    return mistakes


def next_mistakes(
    session: DbSession, found: SettingRules, new: Sequence[NewValue]
) -> dict[str, InvalidValue]:
    """Return what speaks against the next parts of a save that goes on without them.

    What its own rule refuses goes first: then no relation compares anything with it. See
    `mistakes_of`.
    """
    refused = {
        key: mistake
        for key, mistake in _of_own_rules(found, new).items()
        if not isinstance(mistake, UnusualValue)
    }
    return refused or mistakes_of(session, found, new)


def refuse(session: DbSession, found: SettingRules, new: NewValue) -> None:
    """Refuse a value that breaks a rule.

    Raises:
        InvalidValue: It breaks one; `UnusualValue` if it may be saved anyway.
    """
    for mistake in mistakes_of(session, found, [new]).values():
        raise mistake


def reason_for(text: str | None, keys: Collection[str]) -> str:
    """Return the reason for a change, checked.

    Args:
        text: The reason as typed.
        keys: The settings of the save that need one.

    Raises:
        InvalidValue: There is none and one is needed, or it is too long.
    """
    reason = checked_reason(text)
    if keys and not reason:
        names = listed(sorted(keys))
        raise InvalidValue(f"A change of {names} needs a reason. Type one.", field="reason")
    return reason


def needing_reason(session: DbSession, keys: Iterable[str]) -> list[str]:
    """Return those of the keys whose settings need a reason for a change."""
    names = [key for key in keys if is_name(key)]
    query = select(ApplicationSetting.key, ApplicationSetting.category)
    query = query.where(ApplicationSetting.key.in_(names))
    categories = {row.key: row.category for row in session.execute(query)}
    found = rules.read_rules(session, names)
    return [key for key in categories if found.of(key, categories[key]).requires_reason]


def sentence(key: str, broken: str, rule: ValueRule) -> str:
    """Return what a value breaks, as a sentence that names the setting."""
    return f"{key} {softened(broken, rule)}."


def softened(broken: str, rule: ValueRule) -> str:
    """Return what a value breaks; a rule that only warns says "should", or what is usual."""
    if not rule.is_warning:
        return broken
    if bounds := _BOUNDS.fullmatch(broken):
        return f"is outside the usual range {bounds[1]}"
    return broken.replace("must", "should", 1)


def stored_operands(lines: Collection[tuple[str, str | None, str]]) -> dict[str, Operand]:
    """Return values as relations take them, given key, value and data type of what is no secret."""
    operands = {
        key: relations.operand(value, data_type)
        for key, value, data_type in lines
        if not secrecy.holds_password(value)
    }
    return {key: operand for key, operand in operands.items() if operand is not None}


def _of_own_rules(found: SettingRules, new: Sequence[NewValue]) -> dict[str, InvalidValue]:
    mistakes: dict[str, InvalidValue] = {}
    allowance = Allowance(schemas.MOST_STEPS_OF_MANY)
    for value in new:
        rule = found.of(value.key, value.category)
        if broken := schemas.broken(value.value, value.data_type, rule.schema, allowance):
            _add(mistakes, value, sentence(value.key, broken, rule), is_warning=rule.is_warning)
    return mistakes


def _known(
    session: DbSession, concerned: Collection[Relation], by_key: Mapping[str, NewValue]
) -> dict[str, Operand]:
    """Return all values of these relations as the save would leave them."""
    others = {key for relation in concerned for key in relation.keys} - by_key.keys()
    lines = [(value.key, value.value, value.data_type) for value in by_key.values()]
    return stored_operands([*lines, *(open_values(session, others) if others else ())])


def open_values(session: DbSession, keys: Collection[str]) -> Sequence[tuple[str, str | None, str]]:
    """Return key, value and data type of those of the settings that are no secrets."""
    columns = (ApplicationSetting.key, ApplicationSetting.value, ApplicationSetting.data_type)
    query = select(*columns, ApplicationSetting.secret_mark)
    rows = session.execute(query.where(ApplicationSetting.key.in_(keys)))
    return [
        (key, value, data_type)
        for key, value, data_type, mark in rows
        if not secrecy.is_secret(key, mark=mark)
    ]


def _add(
    mistakes: dict[str, InvalidValue], value: NewValue, message: str, *, is_warning: bool
) -> None:
    if is_warning and value.anyway:
        return
    found = mistakes.get(value.key)
    if is_warning and isinstance(found, UnusualValue):
        # Nobody confirms what they were not told.
        message = f"{found} {message}"
    # What is refused outweighs what can be saved anyway.
    if found is None or isinstance(found, UnusualValue):
        kind = UnusualValue if is_warning else InvalidValue
        mistakes[value.key] = kind(message, field=VALUE_FIELD)
