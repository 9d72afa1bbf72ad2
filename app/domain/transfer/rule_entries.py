"""Rules, relations and categories of a transfer file, as plain objects."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.settings import RuleSeverity
from app.domain.settings.wanted import WantedCategory, WantedRelation, WantedRule


def rule_object(entry: WantedRule) -> dict[str, Any]:
    """Return the rule of a setting as the file has it; what asks for nothing is left out."""
    columns: dict[str, Any] = {"key": entry.key}
    if entry.schema:
        columns["schema"] = entry.schema
    if entry.unit:
        columns["unit"] = entry.unit
    if entry.severity == RuleSeverity.WARN:
        columns["severity"] = RuleSeverity.WARN.value
    if entry.requires_reason:
        columns["requires_reason"] = True
    return columns


def relation_object(entry: WantedRelation) -> dict[str, Any]:
    """Return a relation as the file has it."""
    columns: dict[str, Any] = {"expression": entry.expression}
    if entry.severity == RuleSeverity.WARN:
        columns["severity"] = RuleSeverity.WARN.value
    if entry.message:
        columns["message"] = entry.message
    return columns


def rule_entries(columns: Sequence[Mapping[str, Any]]) -> list[WantedRule]:
    """Return the rules that checked objects hold."""
    return [WantedRule(**entry) for entry in columns]


def relation_entries(columns: Sequence[Mapping[str, Any]]) -> list[WantedRelation]:
    """Return the relations that checked objects hold."""
    return [
        WantedRelation(**{**entry, "expression": entry["expression"].strip()}) for entry in columns
    ]


def category_entries(columns: Sequence[Mapping[str, Any]]) -> list[WantedCategory]:
    """Return the categories that checked objects hold."""
    return [WantedCategory(entry["name"], entry["requires_reason"]) for entry in columns]
