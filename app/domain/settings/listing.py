"""Settings as lists show them: read at once, filtered, and grouped by category."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import union_all

from app.domain import words
from app.domain.errors import InvalidValue
from app.domain.settings import editing, read_only, readers, related, secrecy, secrets, validity
from app.domain.settings.readers import Effect, Readers
from app.domain.settings.secrets import SecretKeys, SecretState
from app.domain.settings.validity import NOTHING_FOUND, ValueFindings
from app.domain.settings.value_rules import rules, schemas
from app.domain.settings.value_rules.json_schema.steps import Allowance
from app.domain.settings.value_rules.rules import NO_RULE, SettingRules, ValueRule
from app.domain.settings.values import DataType
from app.domain.text import hold_filters
from app.models import DbSession

STATES = ("set", "unset", "invalid", "locked", "secret", "differs")
UNKNOWN_EFFECT = Effect()
_ALL = union_all(rules.SETTINGS, *rules.ALL_RULES, readers.REPORTS)


@dataclass(frozen=True)
class SettingFilter:
    """A filter of settings; an empty field matches all.

    Attributes:
        q: Words to be found in key, description, category or value, in any order; see `words`. They
            are never found in a secret.
        category: A category's name.
        type: A data type.
        state: ``set``, ``unset``, ``invalid``, ``locked``, ``secret`` or ``differs``.
    """

    q: str = ""
    category: str = ""
    type: str = ""
    state: str = ""

    def __post_init__(self) -> None:
        """Refuse a text that no name fits: filters are carried through URLs."""
        hold_filters(self)


class SettingLine(NamedTuple):
    """One setting as a list shows it; the value of a secret is left out.

    Attributes:
        rule: The rule of its values.
        related: What the relations with other settings find.
        seen: What stands for the value in the etag.
        secret_state: How the value of a secret is stored; None for others.
        effect: What the programs that read it run.
        allowance: The steps that are left for the checks of all lines of the list.
    """

    id: int
    key: str
    value: str | None
    is_set: bool
    data_type: str
    description: str | None
    category: str
    is_mutable: bool
    is_secret: bool
    read_only_reason: str | None
    rule: ValueRule = NO_RULE
    related: ValueFindings = NOTHING_FOUND
    seen: str | None = None
    secret_state: SecretState | None = None
    effect: Effect = UNKNOWN_EFFECT
    allowance: Allowance | None = None

    @property
    def etag(self) -> str:
        """The digest that an edit of this line is checked against."""
        return editing.digest(
            self.key,
            self.seen,
            self.data_type,
            is_mutable=self.is_mutable,
            is_secret=self.is_secret,
        )

    @property
    def problem(self) -> str:
        """The problem of the value, or ""; that of a secret is not told."""
        return self.findings.problem

    @property
    def findings(self) -> ValueFindings:
        """The problem of the value, and what is unusual about it."""
        return validity.findings(
            self.value, self.data_type, self.rule, self.related, self.allowance
        )

    def matches(self, filters: SettingFilter) -> bool:
        """Tell whether the setting passes the filter, its category left aside."""
        return (
            (not filters.type or filters.type == self.data_type)
            and (not filters.state or self._is_in(filters.state))
            and (not filters.q or self._contains(filters.q))
        )

    def _is_in(self, state: str) -> bool:
        if state == "invalid":
            return bool(self.problem)
        return {
            "set": self.is_set,
            "unset": not self.is_set,
            "locked": self.read_only_reason is not None,
            "secret": self.is_secret,
            "differs": bool(self.effect.others),
        }[state]

    def _contains(self, text: str) -> bool:
        return words.have([self.key, self.description, self.category, self.value], text)


def read_all(session: DbSession) -> list[SettingLine]:
    """Return all settings, by category and key.

    Settings are few: all are read in one statement with their rules and sifted here, so that search
    finds the same on every database, and so that the counts of all categories come from the same
    rows.
    """
    rows = [tuple(row) for row in session.connection().execute(_ALL).all()]
    stored = [row for row in rows if row[0] == "setting"]
    found = rules.collected(row for row in rows if row[0] not in {"setting", "reader"})
    reading = readers.collected(row for row in rows if row[0] == "reader")
    shown = (
        row[2:5]
        for row in stored
        if not secrecy.is_secret(row[2], mark=found.of(row[2], row[6]).is_secret)
    )
    by_key = related.findings_by_key(found.relations, shown)
    stored.sort(key=lambda row: (row[6] or "", row[2]))
    keys = secrets.keys_of(session)
    allowance = Allowance(schemas.MOST_STEPS_OF_MANY)
    lines = [_line(row, found, by_key, keys, allowance) for row in stored]
    if not (reading.active or reading.silent):
        return lines
    return [_with_effect(line, row[3], reading) for line, row in zip(lines, stored, strict=True)]


def matching(lines: Iterable[SettingLine], filters: SettingFilter) -> list[SettingLine]:
    """Return the lines that pass the filter, its category left aside.

    Raises:
        InvalidValue: The state or type to filter by does not exist.
    """
    _check(filters)
    return [line for line in lines if line.matches(filters)]


def by_category(lines: Iterable[SettingLine]) -> dict[str, list[SettingLine]]:
    """Return the lines grouped by category, in the order of the categories' names."""
    groups: dict[str, list[SettingLine]] = {}
    for line in lines:
        groups.setdefault(line.category, []).append(line)
    return dict(sorted(groups.items()))


def _check(filters: SettingFilter) -> None:
    known: dict[str, Sequence[str]] = {"state": STATES, "type": list(DataType)}
    for field, names in known.items():
        name = getattr(filters, field)
        if name and name not in names:
            raise InvalidValue("This filter does not exist.", field=field)


def _with_effect(line: SettingLine, value: str | None, reading: Readers) -> SettingLine:
    effect = readers.effect_of(line.key, value, reading, is_secret=line.is_secret)
    return line._replace(effect=effect)


def _line(
    row: tuple[Any, ...],
    found: SettingRules,
    by_key: Mapping[str, ValueFindings],
    keys: SecretKeys,
    allowance: Allowance,
) -> SettingLine:
    # By position: to look a name up in a row of SQLAlchemy's costs more than to make an object.
    _, number, key, value, data_type, description, category, is_mutable, _ = row
    rule = found.of(key, category)
    is_secret = secrecy.is_secret(key, mark=rule.is_secret) or secrets.is_encrypted(value)
    reason = read_only.why_read_only(
        value,
        data_type,
        is_mutable=is_mutable,
        is_secret=is_secret,
        has_key=keys.current is not None,
    )
    shown = None if value is None or is_secret else secrecy.masked(value)
    line = SettingLine(
        number,
        key,
        shown,
        value is not None,
        data_type,
        description,
        category or "",
        is_mutable,
        is_secret,
        reason,
        rule,
        NOTHING_FOUND if is_secret else by_key.get(key, NOTHING_FOUND),
        seen=secrets.seen_in_etag(value, shown, keys),
        allowance=allowance,
    )
    return line._replace(secret_state=keys.state_of(value)) if is_secret else line
