"""The transfer file: settings and their rules, roles, and assignments, as plain objects."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.domain.permissions import PermissionCode
from app.domain.settings.wanted import WantedCategory, WantedRelation, WantedRule
from app.domain.transfer.rule_entries import (
    category_entries,
    relation_entries,
    relation_object,
    rule_entries,
    rule_object,
)

FORMAT = "rag-fortress-console/2"
EVERY_PERMISSION = "all"


class Part(StrEnum):
    """A part of the file; a file may hold any of them."""

    SETTINGS = "settings"
    RULES = "rules"
    RELATIONS = "relations"
    CATEGORIES = "categories"
    ROLES = "roles"
    ASSIGNMENTS = "assignments"

    @property
    def needs(self) -> PermissionCode:
        """The permission to read the part."""
        others = {
            Part.ROLES: PermissionCode.ROLE_READ,
            Part.ASSIGNMENTS: PermissionCode.USER_READ,
        }
        return others.get(self, PermissionCode.SETTINGS_READ)

    @property
    def is_access(self) -> bool:
        """Tell whether it says what people may do."""
        return self in {Part.ROLES, Part.ASSIGNMENTS}

    @property
    def is_rule(self) -> bool:
        """Tell whether it holds rules for values."""
        return self in {Part.RULES, Part.RELATIONS, Part.CATEGORIES}


@dataclass(frozen=True)
class SettingEntry:
    """A setting of the file.

    Attributes:
        key: Its key.
        value: The text of its value; None for "not set".
        has_value: Whether the file gives a value; it never does for a secret.
        data_type: The data type; None where the file does not say it, as the other columns.
        category: The category.
        description: The description.
        is_mutable: Whether it can be changed.
        is_secret: Whether its value was left out because it is a secret.
        is_set: Whether the secret has a value.
    """

    key: str
    value: str | None = None
    has_value: bool = False
    data_type: str | None = None
    category: str | None = None
    description: str | None = None
    is_mutable: bool = True
    is_secret: bool = False
    is_set: bool | None = None


@dataclass(frozen=True)
class RoleEntry:
    """A role of the file.

    Attributes:
        name: Its name.
        codes: The permissions that it grants; None for every permission.
        description: The description; None where the file does not say it.
    """

    name: str
    codes: frozenset[str] | None
    description: str | None = None


@dataclass(frozen=True)
class AssignmentEntry:
    """The roles of a user, by name."""

    username: str
    roles: frozenset[str]


@dataclass(frozen=True)
class TransferFile:
    """The parts of a file; None for a part that it does not have."""

    settings: Sequence[SettingEntry] | None = None
    rules: Sequence[WantedRule] | None = None
    relations: Sequence[WantedRelation] | None = None
    categories: Sequence[WantedCategory] | None = None
    roles: Sequence[RoleEntry] | None = None
    assignments: Sequence[AssignmentEntry] | None = None

    @property
    def parts(self) -> list[Part]:
        """The parts that the file has."""
        return [part for part in Part if getattr(self, part.value) is not None]

    def without(self, keys: Collection[str]) -> "TransferFile":
        """Return the file without the settings that have these keys."""
        if self.settings is None or not keys:
            return self
        return replace(self, settings=[one for one in self.settings if one.key not in keys])


def as_object(file: TransferFile) -> dict[str, Any]:
    """Return a file as lists and objects, in an order that depends on nothing but its content."""
    content: dict[str, Any] = {"format": FORMAT}
    if file.settings is not None:
        entries = sorted(file.settings, key=lambda entry: entry.key)
        content["settings"] = [_setting(entry) for entry in entries]
    content |= _rules(file)
    if file.roles is not None:
        roles = sorted(file.roles, key=lambda entry: entry.name)
        content["roles"] = [_role(entry) for entry in roles]
    if file.assignments is not None:
        users = sorted(file.assignments, key=lambda entry: entry.username)
        content["assignments"] = [
            {"username": entry.username, "roles": sorted(entry.roles)} for entry in users
        ]
    return content


def of_object(content: Mapping[str, Any]) -> TransferFile:
    """Return the file that a checked object holds; see `schema.refuse_mistakes`."""
    parts: dict[str, Any] = {
        part.value: READERS[part](content[part.value]) for part in Part if part.value in content
    }
    return TransferFile(**parts)


def _rules(file: TransferFile) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if file.rules is not None:
        rules = sorted(file.rules, key=lambda entry: entry.key)
        content["rules"] = [rule_object(entry) for entry in rules]
    if file.relations is not None:
        relations = sorted(file.relations, key=lambda entry: entry.expression)
        content["relations"] = [relation_object(entry) for entry in relations]
    if file.categories is not None:
        categories = sorted(file.categories, key=lambda entry: entry.name)
        content["categories"] = [entry._asdict() for entry in categories]
    return content


def _setting(entry: SettingEntry) -> dict[str, Any]:
    columns: dict[str, Any] = {"key": entry.key}
    if entry.category:
        columns["category"] = entry.category
    if entry.data_type is not None:
        columns["data_type"] = entry.data_type
    if entry.is_secret:
        columns |= {"secret": True, "is_set": bool(entry.is_set)}
    elif entry.has_value:
        columns["value"] = entry.value
    if entry.description:
        columns["description"] = entry.description
    if not entry.is_mutable:
        columns["is_mutable"] = False
    return columns


def _role(entry: RoleEntry) -> dict[str, Any]:
    columns: dict[str, Any] = {"name": entry.name}
    if entry.description:
        columns["description"] = entry.description
    codes = EVERY_PERMISSION if entry.codes is None else sorted(entry.codes)
    return {**columns, "permissions": codes}


def _setting_entries(columns: Sequence[Mapping[str, Any]]) -> list[SettingEntry]:
    return [_setting_entry(entry) for entry in columns]


def _role_entries(columns: Sequence[Mapping[str, Any]]) -> list[RoleEntry]:
    return [_role_entry(entry) for entry in columns]


def _assignments(columns: Sequence[Mapping[str, Any]]) -> list[AssignmentEntry]:
    return [AssignmentEntry(entry["username"], frozenset(entry["roles"])) for entry in columns]


def _setting_entry(columns: Mapping[str, Any]) -> SettingEntry:
    return SettingEntry(
        key=columns["key"],
        value=_text(columns.get("value")),
        has_value="value" in columns,
        data_type=columns.get("data_type"),
        category=columns.get("category"),
        description=columns.get("description"),
        is_mutable=columns.get("is_mutable", True),
        is_secret=columns.get("secret", False),
        is_set=columns.get("is_set"),
    )


def _role_entry(columns: Mapping[str, Any]) -> RoleEntry:
    codes = columns["permissions"]
    granted = None if codes == EVERY_PERMISSION else frozenset(codes)
    return RoleEntry(columns["name"], granted, columns.get("description"))


def _text(value: Any) -> str | None:
    """Return a value as it is stored: people may write 800 and true for "800" and "true"."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


READERS: Mapping[Part, Callable[[Sequence[Mapping[str, Any]]], Sequence[Any]]] = {
    Part.SETTINGS: _setting_entries,
    Part.RULES: rule_entries,
    Part.RELATIONS: relation_entries,
    Part.CATEGORIES: category_entries,
    Part.ROLES: _role_entries,
    Part.ASSIGNMENTS: _assignments,
}
