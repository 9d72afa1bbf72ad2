"""The list of settings: its addresses, the ways to narrow it, and how a value reads in a row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from flask import request, url_for

from app.domain import settings
from app.domain.phrases import counted
from app.domain.settings import SUMMARY_CHARACTERS, DataType, SettingFilter, SettingLine
from app.domain.text import shortened
from app.web.urls import queried

NO_CATEGORY = "none"
ALL = "All categories"
ALL_ROWS = "all"
TYPES = [("", "Any type"), *((kind.value, kind.value) for kind in DataType)]
STATES = [
    ("", "Any state"),
    ("set", "Set"),
    ("unset", "Not set"),
    ("locked", "Read-only"),
    ("secret", "Secret"),
]
Groups = Mapping[str, list[SettingLine]]


@dataclass(frozen=True)
class Way:
    """One way of the jump navigation."""

    label: str
    count: int
    url: str
    is_current: bool


@dataclass(frozen=True)
class Listing:
    """The settings that an address of the list asks for, and the ways to others.

    Attributes:
        wanted: What the address asks for.
        lines: Every setting.
    """

    wanted: SettingFilter
    lines: Sequence[SettingLine]

    @cached_property
    def found(self) -> Groups:
        """What passes the filter, in all categories; what has none comes last."""
        groups = settings.by_category(settings.matching(self.lines, self.wanted))
        return dict(sorted(groups.items(), key=lambda group: not group[0]))

    @cached_property
    def shown(self) -> Groups:
        """What is shown, by the names of the categories as people read them."""
        return {
            name_of(category): lines
            for category, lines in self.found.items()
            if not self.wanted.category or self.wanted.category == _value_of(category)
        }

    @property
    def count(self) -> int:
        """How many settings are shown."""
        return _count(self.shown)

    @property
    def jump(self) -> Iterator[Way]:
        """The categories, after all of them together."""
        current = self.wanted.category
        yield Way(ALL, _count(self.found), self.url(category=""), not current)
        for category, lines in self.found.items():
            value = _value_of(category)
            url = self.url(category=value)
            yield Way(name_of(category), len(lines), url, value == current)

    @property
    def chips(self) -> list[tuple[str, str]]:
        """The filters that are on, each with the address that does without it."""
        words = {
            "q": f"Text: {self.wanted.q}",
            "category": f"Category: {self.wanted.category}",
            "type": f"Type: {self.wanted.type}",
            "state": f"State: {dict(STATES).get(self.wanted.state, '').lower()}",
        }
        active = [name for name, value in self._filters.items() if value]
        return [(words[name], self.url(**{name: ""})) for name in active]

    @property
    def edit(self) -> str:
        """The address that opens a row, up to the id of its setting."""
        url = self.url()
        return f"{url}{'&' if '?' in url else '?'}edit="

    def url(self, **changes: str) -> str:
        """Return the address of the list with other filters."""
        return queried("settings.index", **{**self._filters, **changes})

    @property
    def edit_all(self) -> str:
        """The address that opens all that is shown."""
        return f"{self.edit}{ALL_ROWS}"

    def edit_category(self, category: str) -> str:
        """Return the address that opens what the filter shows of a category."""
        return f"{self.url(category=_value_of(category))}&edit={ALL_ROWS}"

    def unset(self, lines: Sequence[SettingLine]) -> int:
        """Count the lines that have no value."""
        return sum(not line.is_set for line in lines)

    def can_edit(self, lines: Sequence[SettingLine]) -> bool:
        """Tell whether there are several of the lines that can be changed here."""
        return sum(line.lock is None for line in lines) > 1

    def rows(self, lines: Sequence[SettingLine]) -> Iterator[tuple[Any, ...]]:
        """What the rows of a category say, in the order in which they say it.

        By position, and addresses as a whole, as there may be hundreds of them.
        """
        root, edit = url_for("settings.index"), self.edit
        for line in lines:
            beginning, more = summary(line.value, line.data_type) if line.value else ("", "")
            yield (
                line.id,
                f"{root}/{line.id}",
                "" if line.lock else f"{edit}{line.id}#setting-{line.id}",
                line.key,
                line.data_type,
                line.is_secret,
                line.lock,
                line.description,
                beginning,
                more,
                ("", "") if line.value else _nothing(line),
            )

    @cached_property
    def _filters(self) -> dict[str, str]:
        return asdict(self.wanted)

    @cached_property
    def by_id(self) -> dict[int, SettingLine]:
        """All settings, whether they are shown or not."""
        return {line.id: line for line in self.lines}

    def shows(self, setting_id: int | None) -> bool:
        """Tell whether there is a row for the setting."""
        return any(line.id == setting_id for lines in self.shown.values() for line in lines)

    def line(self, setting_id: int | None) -> SettingLine | None:
        """Return one of all settings, whether it is shown or not."""
        return self.by_id.get(setting_id) if setting_id else None


def wanted() -> SettingFilter:
    """Return what the address of the list asks for."""
    return SettingFilter(
        q=request.args.get("q", "").strip(),
        category=request.args.get("category", ""),
        type=request.args.get("type", ""),
        state=request.args.get("state", ""),
    )


def name_of(category: str | None) -> str:
    """Return the category as people read it."""
    return category or "Without a category"


def url_of(category: str | None) -> str:
    """Return the address that lists the category."""
    return url_for("settings.index", category=_value_of(category))


def summary(value: str, data_type: str) -> tuple[str, str]:
    """Return the beginning of a value on one line, and a note where that is not all of it."""
    beginning = shortened(value, SUMMARY_CHARACTERS)
    kind = DataType.of(data_type)
    if kind is DataType.JSON:
        description = settings.describe(value, kind)
        return beginning, "" if description == beginning else description
    return beginning, "" if beginning == value else _extent(value)


def _nothing(line: SettingLine) -> tuple[str, str]:
    """Return what stands in the place of a value, and the class of its look."""
    if line.is_set and line.is_secret:
        return "Set, and not shown", "sub"
    return "Empty text" if line.is_set else "Not set", "unset"


def _extent(value: str) -> str:
    lines = value.count("\n") + 1
    characters = counted(len(value), "character")
    if value.isspace():
        return f"{characters}, all of them blank"
    return f"{characters} in {lines:,} lines" if lines > 1 else characters


def _value_of(category: str | None) -> str:
    return category or NO_CATEGORY


def _count(groups: Groups) -> int:
    return sum(len(lines) for lines in groups.values())
