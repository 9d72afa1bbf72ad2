"""The tiles with the key figures; each leads to its page, if it has one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import url_for

from app.domain.audit import Day
from app.domain.overview import Facts, People, RolePeople
from app.domain.paging import COUNTED
from app.domain.phrases import counted, number
from app.domain.settings import SettingLine
from app.web.home import charts
from app.web.urls import queried

WEEK = 7


@dataclass(frozen=True)
class Tile:
    """One key figure, and the URL of its page."""

    name: str
    figure: str
    detail: str
    url: str | None = None
    spark: charts.Spark | None = None


def tiles(facts: Facts, days: Sequence[Day] | None) -> Iterator[Tile]:
    """Yield the tiles for the data that the user may see."""
    if facts.settings is not None:
        yield _settings(facts.settings)
    if facts.people is not None:
        yield _users(facts.people)
    if facts.roles is not None:
        yield _roles(facts.roles, len(facts.permissions or ()))
    if days is not None:
        yield _changes(days[-WEEK:])


def _settings(lines: Sequence[SettingLine]) -> Tile:
    unset = sum(not line.is_set for line in lines)
    read_only = sum(line.read_only_reason is not None for line in lines)
    detail = f"{number(unset)} not set, {number(read_only)} read-only"
    readers = max((line.effect.readers for line in lines), default=0)
    name = f"Settings, {counted(readers, 'reader')}" if readers else "Settings"
    return Tile(name, number(len(lines)), detail, url_for("settings.index"))


def _users(people: People) -> Tile:
    detail = f"{number(people.inactive, COUNTED)} inactive"
    if people.is_complete:
        detail += f", {number(people.unverified)} not verified"
    return Tile("Active users", number(people.active, COUNTED), detail, url_for("users.index"))


def _roles(roles: Sequence[RolePeople], permissions: int) -> Tile:
    built_in = sum(role.is_system for role in roles)
    detail = f"{number(built_in)} built in, {counted(permissions, 'permission')}"
    return Tile("Roles", number(len(roles)), detail, url_for("roles.index"))


def _changes(days: Sequence[Day]) -> Tile:
    changes, refused = sum(day.changes for day in days), sum(day.refused for day in days)
    spark = charts.spark([day.changes for day in days]) if changes else None
    name = f"Recorded changes, {WEEK} days"
    url = queried("audit.index", **{"from": days[0].date.isoformat()})
    return Tile(name, number(changes), f"{number(refused)} refused", url, spark)
