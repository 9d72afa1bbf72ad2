"""The filters of the audit log in a URL, with days of the reader's time zone."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from app.domain import audit
from app.domain.audit import EventFilter
from app.domain.errors import InvalidValue
from app.models.base import utcnow
from app.web import row_ids, zones

BETWEEN = "T"
NO_TIME = "A time is written like 2026-11-22T14:05:00Z."
NAMES = (
    *("actor", "actor_id", "action", "target", "target_id", "type", "outcome", "request"),
    *("sign_ins", "as_of"),
)


@dataclass(frozen=True)
class UrlFilters:
    """The filters as the URL has them; a name with an underscore stands for a reserved word.

    The ID of an actor or a target finds all of that one's events, the name that they had finds
    those of that name. A name that is entered replaces the ID.
    """

    actor: str = ""
    actor_id: str = ""
    action: str = ""
    target: str = ""
    target_id: str = ""
    type: str = ""
    outcome: str = ""
    request: str = ""
    sign_ins: str = ""
    from_: str = ""
    to: str = ""
    as_of: str = ""

    @property
    def events(self) -> EventFilter:
        """The filter, as the domain takes it.

        Raises:
            InvalidValue: A text is no time or ID, or the outcome does not exist.
        """
        zone = zones.current()
        return EventFilter(
            *(self.actor, self.action, self.target, self.type, self.outcome, self.request),
            actor_ids=_row_ids(self.actor_id),
            target_ids=_row_ids(self.target_id),
            as_of=_time(self.as_of),
            sign_ins=bool(self.sign_ins),
            since=audit.range_start(self.from_, zone),
            until=audit.range_end(self.to, zone),
        )

    @property
    def active(self) -> dict[str, str]:
        """The filters that are on, by their names in the URL."""
        return {name.rstrip("_"): text for name, text in asdict(self).items() if text}

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The filters that have no field of their own in the form."""
        # IDs are those of a type, so that of a target keeps it.
        names = ("actor_id", "target_id", "as_of", "outcome", "type" if self.target_id else "")
        return [(name, text) for name, text in self.active.items() if name in names]

    @property
    def starts(self) -> tuple[str, str]:
        """The day and the time of the beginning, as the form has them."""
        return _parts(self.from_)

    @property
    def ends(self) -> tuple[str, str]:
        """The day and the time of the end."""
        return _parts(self.to)


def of(values: Mapping[str, str]) -> UrlFilters:
    """Return the filters that a URL or a form asks for.

    ``day`` is short for one day. The form sends the time of a day by itself.
    """
    texts = {name: values.get(name, "").strip() for name in NAMES}
    for name in ("actor", "target"):
        if texts[name]:
            texts[f"{name}_id"] = ""
    if not texts["actor_id"] and not texts["target_id"]:
        texts["as_of"] = ""
    day = values.get("day", "").strip()
    return UrlFilters(
        **texts,
        from_=day or _joined(values, "from"),
        to=day or _joined(values, "to"),
    )


def of_query(text: str) -> UrlFilters:
    """Return the filters of the query of a URL."""
    return of(dict(parse_qsl(text)))


def _joined(values: Mapping[str, str], name: str) -> str:
    """Return a day with its time, if one was entered; a time alone is one of today."""
    day, clock = values.get(name, "").strip(), values.get(f"{name}_time", "").strip()
    if not clock:
        return day
    return f"{day or utcnow().astimezone(zones.current()).date()}{BETWEEN}{clock}"


def _parts(text: str) -> tuple[str, str]:
    day, _, clock = text.replace(" ", BETWEEN).partition(BETWEEN)
    return day, clock


def _row_ids(text: str) -> tuple[int, ...]:
    # The domain refuses 0, which stands for a text that is no ID.
    return (row_ids.possible_id(text),) if text else ()


def _time(text: str) -> datetime | None:
    if not text:
        return None
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None and moment.year > 1:
            return moment.astimezone(UTC)
    raise InvalidValue(NO_TIME)
