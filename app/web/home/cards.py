"""What the cards of the overview show, and where they lead: only to what one may open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask import g, url_for

from app.domain import audit, settings
from app.domain.audit import Day
from app.domain.overview import Facts, Finding, People, RolePeople, Topic
from app.domain.paging import COUNTED
from app.domain.permissions import PermissionCode
from app.domain.phrases import counted, number
from app.domain.settings import SettingLine
from app.web import charts

DAYS, PHONE_DAYS, WEEK = 30, 14, 7
WIDTH, PHONE_WIDTH = 720, 300
MOST_ROWS = 8
MOST_EVENTS = 12


@dataclass(frozen=True)
class Tile:
    """One figure that leads to its page, if there is one."""

    name: str
    figure: str
    detail: str
    url: str | None = None
    spark: charts.Spark | None = None


@dataclass(frozen=True)
class Row:
    """A bar in a list: how long its ground is, how much of that is filled, and the figure."""

    name: str
    url: str | None
    ground: float
    filled: float
    figure: str


@dataclass(frozen=True)
class Rows:
    """The longest bars of a list; what is said below them, and where that leads."""

    rows: Sequence[Row]
    more: str
    note: str
    note_url: str | None


@dataclass(frozen=True)
class Drawing:
    """A chart and the sentence that says what is found in it."""

    chart: charts.StackedBars
    sentence: str


@dataclass(frozen=True)
class Changes:
    """The changes per day, for wide screens, for phones and as a table."""

    wide: Drawing
    narrow: Drawing
    days: Sequence[Day]

    @property
    def are_none(self) -> bool:
        """Tell whether there is nothing to draw."""
        return not any(day.total for day in self.days)


def tiles(known: Facts, days: Sequence[Day] | None) -> Iterator[Tile]:
    """Yield the key figures."""
    if known.settings is not None:
        yield _settings_tile(known.settings)
    if known.people is not None:
        yield _users_tile(known.people)
    if known.roles is not None:
        yield _roles_tile(known.roles, len(known.permissions or ()))
    if days is not None:
        yield _changes_tile(days[-WEEK:])


def todo(findings: Sequence[Finding]) -> list[tuple[Finding, str]]:
    """Return each finding with the address of the page that it is about."""
    return [(finding, _page_of(finding)) for finding in findings]


def people_per_role(known: Facts) -> Rows | None:
    """Return how many people hold each role."""
    if known.roles is None:
        return None
    most = max((role.people for role in known.roles), default=0)
    return Rows(
        rows=[_role_row(role, most) for role in known.roles[:MOST_ROWS]],
        more=_more(len(known.roles), "roles"),
        note=_without_role(known.people) if known.people else "",
        note_url=url_for("users.index", role="none"),
    )


def categories(lines: Sequence[SettingLine] | None) -> Rows | None:
    """Return how many settings each category has, and how many of them are set."""
    if lines is None:
        return None
    groups = sorted(settings.by_category(lines).items(), key=lambda group: -len(group[1]))
    most = max((len(group) for _, group in groups), default=0)
    unset = sum(not line.is_set for line in lines)
    return Rows(
        rows=[_category_row(name, group, most) for name, group in groups[:MOST_ROWS]],
        more=_more(len(groups), "categories"),
        note=f"{unset:,} of {counted(len(lines), 'setting')} not set" if unset else "",
        note_url=url_for("settings.index", state="unset"),
    )


def changes(days: Sequence[Day] | None) -> Changes | None:
    """Return the changes per day; None where one may not read them."""
    if days is None:
        return None
    return Changes(
        wide=_drawing(days, WIDTH),
        narrow=_drawing(days[-PHONE_DAYS:], PHONE_WIDTH),
        days=list(reversed(days)),
    )


def _settings_tile(lines: Sequence[SettingLine]) -> Tile:
    unset = sum(not line.is_set for line in lines)
    read_only = sum(line.lock is not None for line in lines)
    detail = f"{unset:,} not set, {read_only:,} read-only"
    return Tile("Settings", f"{len(lines):,}", detail, url_for("settings.index"))


def _users_tile(people: People) -> Tile:
    detail = f"{number(people.inactive, COUNTED)} inactive"
    if people.is_complete:
        detail += f", {people.unverified:,} not verified"
    return Tile("Active users", number(people.active, COUNTED), detail, url_for("users.index"))


def _roles_tile(roles: Sequence[RolePeople], permissions: int) -> Tile:
    built_in = sum(role.is_system for role in roles)
    detail = f"{built_in:,} built in, {counted(permissions, 'permission')}"
    return Tile("Roles", f"{len(roles):,}", detail, url_for("roles.index"))


def _changes_tile(days: Sequence[Day]) -> Tile:
    made, refused = sum(day.changes for day in days), sum(day.refused for day in days)
    spark = charts.spark([day.changes for day in days]) if made else None
    return Tile("Recorded changes, 7 days", f"{made:,}", f"{refused:,} refused", spark=spark)


def _page_of(finding: Finding) -> str:
    if finding.topic is Topic.WITHOUT_ROLE:
        return url_for("users.index", role="none", status="active")
    if finding.topic in {Topic.EMPTY_ROLES, Topic.UNUSED_PERMISSIONS}:
        return url_for("roles.index")
    if finding.topic in {Topic.NEVER_SIGNED_IN, Topic.IDLE}:
        if finding.target_id is None:
            return url_for("users.index", role="admin")
        return url_for("users.show", user_id=finding.target_id)
    if finding.target_id is None:
        return url_for("settings.index", state="unset")
    return url_for("settings.show", setting_id=finding.target_id)


def _role_row(role: RolePeople, most: int) -> Row:
    sees_users = g.me.can(PermissionCode.USER_READ)
    url = url_for("users.index", role=role.name) if sees_users else None
    return Row(role.name, url, 100.0, charts.share(role.people, most), number(role.people, COUNTED))


def _without_role(people: People) -> str:
    if not people.without_role:
        return ""
    users = counted(people.without_role, "user has", "users have")
    sentence = f"{users} no role and cannot do anything."
    return sentence if people.is_complete else f"Of the {number(COUNTED)} newest users, {sentence}"


def _category_row(name: str, lines: Sequence[SettingLine], most: int) -> Row:
    count = sum(line.is_set for line in lines)
    return Row(
        name=name or "Without a category",
        url=url_for("settings.index", category=name or "none"),
        ground=charts.share(len(lines), most),
        filled=charts.share(count, most),
        figure=f"{count:,} of {len(lines):,}",
    )


def _more(count: int, what: str) -> str:
    return f"All {count:,} {what}" if count > MOST_ROWS else ""


def _drawing(days: Sequence[Day], width: int) -> Drawing:
    bars = [
        charts.Bar(_short(day.date), _title(day), (day.settings, day.access, day.refused))
        for day in days
    ]
    return Drawing(charts.stacked(bars, width=width), _sentence(days))


def _title(day: Day) -> str:
    return f"{_short(day.date)}: {_parts([day])}"


def _sentence(days: Sequence[Day]) -> str:
    busiest = max(days, key=lambda day: day.total)
    if not busiest.total:
        return f"Nothing was changed in the last {len(days)} days."
    return (
        f"Changes per day over the last {len(days)} days: {_parts(days)}."
        f" The busiest day was {_short(busiest.date)} with {busiest.total:,}."
    )


def _parts(days: Sequence[Day]) -> str:
    words = {
        audit.ActivityKind.SETTINGS: "to settings",
        audit.ActivityKind.ACCESS: "to access",
        audit.ActivityKind.REFUSED: "refused",
    }
    return ", ".join(f"{sum(getattr(day, k) for day in days):,} {w}" for k, w in words.items())


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"
