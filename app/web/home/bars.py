"""The cards with bars: people per role, and settings by category."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g, url_for

from app.domain import settings
from app.domain.filter_words import WITHOUT, written
from app.domain.overview import Facts, People, RolePeople
from app.domain.paging import COUNTED
from app.domain.permissions import PermissionCode
from app.domain.phrases import counted, number
from app.domain.settings import SettingLine
from app.web.home import charts

MOST_ROWS = 8


@dataclass(frozen=True)
class BarRow:
    """A bar in a list: the length of its background, the part that is filled, and the number."""

    name: str
    url: str | None
    ground: float
    filled: float
    figure: str


@dataclass(frozen=True)
class BarList:
    """The longest bars, and the links below them."""

    rows: Sequence[BarRow]
    more: str
    note: str
    note_url: str | None


def people_per_role(facts: Facts) -> BarList | None:
    """Return the number of people with each role."""
    if facts.roles is None:
        return None
    most = max((role.people for role in facts.roles), default=0)
    return BarList(
        rows=[_role_row(role, most) for role in facts.roles[:MOST_ROWS]],
        more=_more(len(facts.roles), "roles"),
        note=_without_role(facts.people) if facts.people else "",
        note_url=url_for("users.index", role=WITHOUT),
    )


def categories(lines: Sequence[SettingLine] | None) -> BarList | None:
    """Return the number of settings in each category, and the number of them that are set."""
    if lines is None:
        return None
    groups = sorted(settings.by_category(lines).items(), key=lambda group: -len(group[1]))
    most = max((len(group) for _, group in groups), default=0)
    unset = sum(not line.is_set for line in lines)
    return BarList(
        rows=[_category_row(name, group, most) for name, group in groups[:MOST_ROWS]],
        more=_more(len(groups), "categories"),
        note=f"{number(unset)} of {counted(len(lines), 'setting')} not set" if unset else "",
        note_url=url_for("settings.index", state="unset"),
    )


def _role_row(role: RolePeople, most: int) -> BarRow:
    sees_users = g.me.can(PermissionCode.USER_READ)
    url = url_for("users.index", role=written(role.name)) if sees_users else None
    filled = charts.share(role.people, most)
    return BarRow(role.name, url, 100.0, filled, number(role.people, COUNTED))


def _without_role(people: People) -> str:
    if not people.without_role:
        return ""
    users = counted(people.without_role, "user has", "users have")
    sentence = f"{users} no role and cannot do anything."
    return sentence if people.is_complete else f"Of the {number(COUNTED)} newest users, {sentence}"


def _category_row(name: str, lines: Sequence[SettingLine], most: int) -> BarRow:
    count = sum(line.is_set for line in lines)
    return BarRow(
        name=name or "Without a category",
        url=url_for("settings.index", category=written(name)),
        ground=charts.share(len(lines), most),
        filled=charts.share(count, most),
        figure=f"{number(count)} of {number(len(lines))}",
    )


def _more(count: int, noun: str) -> str:
    return f"All {number(count)} {noun}" if count > MOST_ROWS else ""
