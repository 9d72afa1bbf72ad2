"""The audit log: its filters, days, rows and URLs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from app.domain import audit
from app.domain.audit import HistoryEntry, Outcome, SaveLine, SavePage
from app.domain.phrases import counted
from app.domain.settings import SecretMarks
from app.domain.text import shortened
from app.models import AuditEvent
from app.web import zones
from app.web.audit import fields
from app.web.audit.filters import BETWEEN, UrlFilters
from app.web.differences import Comparison
from app.web.events import secret_marks, sentences, verbs
from app.web.events.sentences import EventLine
from app.web.urls import queried

OUTCOMES = [("", "Any outcome"), *((each.value, each.name.capitalize()) for each in Outcome)]
NO_PAGE = SavePage([], None, None)
LABELS = {
    "actor": "by {}",
    "actor_id": "by {} under any name",
    "target": "to {}",
    "target_id": "to {} under any name",
    "outcome": "outcome {}",
    "request": "request {}",
    "from": "from {}",
    "to": "until {}",
}
TYPES = (
    *("setting", "relation", "category", "user", "role", "webhook", "session", "finding"),
    *("list", "page", "link", "rule", "audit", "assignments", "grants"),
)
# Filters that go when another one does.
CLEARED = {"target": ("target", "type"), "target_id": ("target_id", "type")}


class EventRow(NamedTuple):
    """An event of a save: the sentence, URLs that filter by its actor and target, a difference."""

    id: int
    line: EventLine
    actor_url: str
    target_url: str
    comparison: Comparison | None


@dataclass(frozen=True)
class SaveRow:
    """A save as the list shows it."""

    save: SaveLine
    events: list[EventRow]
    request_url: str

    @property
    def first(self) -> AuditEvent:
        """The first event."""
        return self.save.first

    @property
    def clock(self) -> str:
        """The time of day in the reader's zone."""
        return f"{self.first.at.astimezone(zones.current()):%H:%M:%S}"

    @property
    def more(self) -> str:
        """The number of events that are not shown; "" for none."""
        rest = self.save.count - len(self.events)
        return counted(rest, "more event") if rest else ""


@dataclass(frozen=True)
class SaveListing:
    """One page of the audit log, with the URLs of its other pages."""

    filters: UrlFilters
    page: SavePage = NO_PAGE
    marks: SecretMarks | None = None
    names: tuple[str, str] = ("", "")

    @property
    def days(self) -> list[tuple[date, list[SaveRow]]]:
        """The saves of this page by the day in the reader's zone."""
        zone = zones.current()
        rows = [_row(save, self.marks) for save in self.page.saves]
        days = groupby(rows, key=lambda row: row.first.at.astimezone(zone).date())
        return [(day, list(group)) for day, group in days]

    @property
    def count(self) -> str:
        """The number of saves on the page."""
        return f"{counted(len(self.page.saves), 'entry', 'entries')} on this page"

    @property
    def outcomes(self) -> list[tuple[str, str, bool]]:
        """The outcomes, each with its URL, and whether it is the one that is shown."""
        current = self.filters.outcome
        return [(label, self._url(outcome=text), text == current) for text, label in OUTCOMES]

    @property
    def actions(self) -> list[tuple[str, str]]:
        """The actions to choose from, also the current one if the console does not know it."""
        actions = sorted({*verbs.VERBS, self.filters.action} - {""})
        return [("", "Any action"), *((action, _label(action)) for action in actions)]

    @property
    def types(self) -> list[tuple[str, str]]:
        """The types of targets to choose from, also the current one."""
        types = sorted({*TYPES, self.filters.type} - {""})
        return [("", "Anything"), *((each, each.capitalize()) for each in types)]

    @property
    def chips(self) -> list[tuple[str, str]]:
        """The active filters, each with the URL that removes it."""
        return list(self._chips())

    @property
    def all_url(self) -> str:
        """The URL without filters."""
        return queried("audit.index")

    @property
    def first_url(self) -> str:
        """The URL of the first page."""
        return self._url()

    @property
    def export_url(self) -> str:
        """The URL of the page that exports what matches."""
        return queried("audit.export", **self.filters.active)

    @property
    def newer_url(self) -> str:
        """The URL of the page before; "" on the first."""
        return self._url(before=self.page.before) if self.page.before else ""

    @property
    def older_url(self) -> str:
        """The URL of the page after; "" on the last."""
        return self._url(after=self.page.after) if self.page.after else ""

    def _chips(self) -> Iterator[tuple[str, str]]:
        for name, text in self.filters.active.items():
            if name == "sign_ins":
                yield "with sign-ins", self._url(sign_ins="")
            elif name == "action":
                yield _label(text).lower(), self._url(action="")
            elif name == "type":
                if not (self.filters.target or self.filters.target_id):
                    yield f"to any {text}", self._url(type="")
            elif name != "as_of":
                cleared = dict.fromkeys(CLEARED.get(name, (name,)), "")
                yield LABELS[name].format(self._named(name, text)), self._url(**cleared)

    def _named(self, name: str, text: str) -> str:
        actor, target = self.names
        kind = f"{self.filters.type} " if self.filters.type else ""
        if name == "actor_id":
            return shortened(actor) or f"user {text}"
        if name == "target_id":
            return f"{kind}{shortened(target) or text}"
        if name in {"from", "to"}:
            return text.replace(BETWEEN, " ")
        return f"{kind if name == 'target' else ''}{shortened(text)}"

    def _url(self, **changes: str) -> str:
        return queried("audit.index", **(self.filters.active | changes))


def actor_url(entry: HistoryEntry) -> str:
    """Return the URL of what an actor did: a user under any name, others by their name."""
    event = entry.event
    if event.actor_id is None:
        return queried("audit.index", actor=event.actor_name)
    as_of = "" if entry.has_actor else _exact(event.at)
    return queried("audit.index", actor_id=str(event.actor_id), as_of=as_of)


def target_url(entry: HistoryEntry) -> str:
    """Return the URL of what was done to a target; what has no row of its own goes by its name."""
    event = entry.event
    kind = event.target_type
    if event.target_id is None or kind not in audit.BY_AGE:
        return queried("audit.index", target=event.target_name, type=kind)
    as_of = "" if entry.is_there else _exact(event.at)
    return queried("audit.index", type=kind, target_id=str(event.target_id), as_of=as_of)


def request_url(event: AuditEvent) -> str:
    """Return the URL of what one request did; "" where there was none."""
    request = event.request_id
    return queried("audit.index", request=request, sign_ins="1") if request else ""


def _row(save: SaveLine, marks: SecretMarks | None) -> SaveRow:
    marks = marks or secret_marks.marks_for(save.events)
    lines = sentences.undone_together(save.events, sentences.in_words(save.entries, marks))
    rows = [
        EventRow(
            *(entry.event.id, line, actor_url(entry), target_url(entry)),
            fields.in_place(entry.event, marks),
        )
        for entry, line in zip(save.entries, lines, strict=True)
    ]
    return SaveRow(save, rows, request_url(save.first))


def _label(action: str) -> str:
    return action.replace(":", " ").replace("-", " ").capitalize()


def _exact(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.%fZ}"
