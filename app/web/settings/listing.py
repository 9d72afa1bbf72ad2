"""The list of settings: its URLs, its filters, and the text of a row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any

from flask import request, url_for

from app.domain import settings
from app.domain.excerpts import Excerpt, cursor, excerpt
from app.domain.filter_words import OLD_WITHOUT, WITHOUT, meant, written
from app.domain.phrases import counted
from app.domain.settings import SUMMARY_CHARACTERS, DataType, SettingFilter, SettingLine
from app.domain.text import shortened
from app.web.settings.recent import EVER, Recent
from app.web.urls import queried

ALL = "All categories"
ALL_ROWS = "all"
ROWS = 500  # on a page
TYPES = [("", "Any type"), *((kind.value, kind.value) for kind in DataType)]
STATES = [
    ("", "Any state"),
    ("set", "Set"),
    ("unset", "Not set"),
    ("invalid", "Not valid"),
    ("locked", "Read-only"),
    ("secret", "Secret"),
    ("differs", "Not run as stored"),
]
Groups = Mapping[str, list[SettingLine]]


@dataclass(frozen=True)
class CategoryLink:
    """A category in the jump navigation; the anchor is that of its card, if it is on the page."""

    label: str
    count: int
    url: str
    is_current: bool
    anchor: str = ""


@dataclass(frozen=True)
class Listing:
    """The settings that a URL of the list asks for, and the links to others.

    Attributes:
        filters: The filters of the URL.
        lines: All settings.
        after: The cursor of the page: the key of the setting before it.
        recent: The filter by the last change.
    """

    filters: SettingFilter
    lines: Sequence[SettingLine]
    after: str = ""
    recent: Recent = EVER

    @cached_property
    def found(self) -> Groups:
        """The settings that match, by category; those without a category come last."""
        groups = settings.by_category(
            self.recent.passing(settings.matching(self.lines, self.filters))
        )
        return dict(sorted(groups.items(), key=lambda group: not group[0]))

    @cached_property
    def chosen(self) -> Groups:
        """The settings of the chosen category, or all, by category."""
        wanted = self.filters.category
        return {
            category: lines
            for category, lines in self.found.items()
            if not wanted or meant(wanted) == category
        }

    @cached_property
    def page(self) -> Excerpt[SettingLine]:
        """The page of the settings; a category stays on one page if it fits."""
        return excerpt(self.chosen.values(), ROWS, self.after, attrgetter("key"))

    @cached_property
    def shown(self) -> Groups:
        """The settings on the page, by category."""
        groups = groupby(self.page.rows, attrgetter("category"))
        return {category: list(lines) for category, lines in groups}

    @property
    def count(self) -> int:
        """The number of settings that match."""
        return self.page.total

    @property
    def jump(self) -> Iterator[CategoryLink]:
        """The categories, after all of them together."""
        current = self.filters.category
        anchors = {name: f"settings-{number}" for number, name in enumerate(self.shown, 1)}
        yield CategoryLink(ALL, _count(self.found), self.url(category=""), not current)
        for category, lines in self.found.items():
            value = written(category)
            url = self.url(category=value)
            anchor = anchors.get(category, "") if len(anchors) > 1 else ""
            yield CategoryLink(name_of(category), len(lines), url, value == current, anchor)

    @property
    def chips(self) -> list[tuple[str, str]]:
        """The active filters, each with the URL of the list without it."""
        words = {
            "q": f"Text: {self.filters.q}",
            "category": f"Category: {name_of(meant(self.filters.category))}",
            "type": f"Type: {self.filters.type}",
            "state": f"State: {dict(STATES).get(self.filters.state, '').lower()}",
        }
        words |= self.recent.chips
        active = [name for name, value in self._filters.items() if value]
        return [(words[name], self.url(**{name: ""})) for name in active]

    @property
    def edit(self) -> str:
        """The URL that opens a row, up to the id of its setting."""
        url = self.url()
        return f"{url}{'&' if '?' in url else '?'}edit="

    def url(self, **changes: str) -> str:
        """Return the URL of this page, or of the first page with other filters."""
        after = "" if changes else self.after
        return queried("settings.index", **{**self._filters, "after": after, **changes})

    def page_url(self, cursor: str | None, edit: str = "") -> str:
        """Return the URL of another page, perhaps with its rows open; "" without a cursor."""
        return "" if cursor is None else self.url(after=cursor, edit=edit)

    def edit_category(self, category: str) -> str:
        """Return the URL that opens the matching settings of a category."""
        return f"{self.url(category=written(category))}&edit={ALL_ROWS}"

    def unset(self, category: str) -> int:
        """Count the settings of a category that have no value."""
        return sum(not line.is_set for line in self.chosen[category])

    def can_edit(self, category: str) -> bool:
        """Tell whether more than one of the settings of a category can be changed."""
        return sum(_is_row(line) for line in self.chosen[category]) > 1

    def rows(self, lines: Sequence[SettingLine]) -> Iterator[tuple[Any, ...]]:
        """Yield the cells of each row of a category, in the order in which they are shown.

        By position, and URLs as a whole, as there may be hundreds of them.
        """
        root, edit = url_for("settings.index"), self.edit
        for line in lines:
            beginning, more = summary(line.value, line.data_type) if line.value else ("", "")
            problem, warning = line.findings
            yield (
                line.id,
                f"{root}/{line.id}",
                "" if line.read_only_reason else f"{edit}{line.id}#setting-{line.id}",
                line.key,
                line.data_type,
                line.is_secret,
                line.read_only_reason,
                line.description,
                beginning,
                more if more != problem else "",
                problem,
                warning,
                ("", "") if line.value or line.is_secret else _placeholder(line),
                self.recent.line(line.id),
                line.effect.note,
            )

    @cached_property
    def _filters(self) -> dict[str, str]:
        return {**asdict(self.filters), **self.recent.query}

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


def of_url(lines: Sequence[SettingLine], recent: Recent = EVER) -> Listing:
    """Return the list that the URL asks for; see `OLD_WITHOUT` for old links."""
    filters = _filters()
    is_old = filters.category == OLD_WITHOUT
    if is_old and all(line.category != OLD_WITHOUT for line in lines):
        filters = replace(filters, category=WITHOUT)
    return Listing(filters, lines, cursor(request.args.get("after")), recent)


def _filters() -> SettingFilter:
    return SettingFilter(
        q=request.args.get("q", "").strip(),
        category=request.args.get("category", ""),
        type=request.args.get("type", ""),
        state=request.args.get("state", ""),
    )


def name_of(category: str | None) -> str:
    """Return the displayed name of a category."""
    return category or "Without a category"


def category_link(category: str | None) -> tuple[str, str]:
    """Return the name of a category, and the URL of its settings."""
    return name_of(category), url_for("settings.index", category=written(category))


def summary(value: str, data_type: str) -> tuple[str, str]:
    """Return the start of a value on one line, and a note where the value is longer."""
    beginning = shortened(value, SUMMARY_CHARACTERS)
    kind = DataType.of(data_type)
    if kind is DataType.JSON:
        description = settings.describe(value, kind)
        return beginning, "" if description == beginning else description
    return beginning, "" if beginning == value else _extent(value)


def _is_row(line: SettingLine) -> bool:
    return line.read_only_reason is None and not line.is_secret


def _placeholder(line: SettingLine) -> tuple[str, str]:
    """Return the text in place of a value, and its class."""
    return settings.EMPTY if line.is_set else settings.NOT_SET, "not-set"


def _extent(value: str) -> str:
    lines, characters = value.count("\n") + 1, counted(len(value), "character")
    if value.isspace():
        return f"{characters}, all of them spaces"
    return f"{characters} in {lines:,} lines" if lines > 1 else characters


def _count(groups: Groups) -> int:
    return sum(len(lines) for lines in groups.values())
