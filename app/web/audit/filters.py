"""The filters of the audit log in a URL, with days of the reader's time zone."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl

from app.domain import audit
from app.domain.audit import EventFilter
from app.domain.errors import InvalidValue
from app.web import row_ids, zones

YEARS = range(1970, 9000)
ONE_DAY = timedelta(days=1)
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
            InvalidValue: A text is no day or ID, or the outcome does not exist.
        """
        since, last = _day(self.from_), _day(self.to)
        zone = zones.current()
        return EventFilter(
            *(self.actor, self.action, self.target, self.type, self.outcome, self.request),
            actor_id=_row_id(self.actor_id),
            target_id=_row_id(self.target_id),
            as_of=_time(self.as_of),
            sign_ins=bool(self.sign_ins),
            since=audit.start_of(since, zone) if since else None,
            until=audit.start_of(last + ONE_DAY, zone) if last else None,
        )

    @property
    def active(self) -> dict[str, str]:
        """The filters that are on, by their names in the URL."""
        return {name.rstrip("_"): text for name, text in asdict(self).items() if text}

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The filters that have no field of their own in the form."""
        names = ("actor_id", "target_id", "type", "as_of", "outcome")
        return [(name, text) for name, text in self.active.items() if name in names]


def of(values: Mapping[str, str]) -> UrlFilters:
    """Return the filters that a URL or a form asks for; ``day`` is short for one day."""
    texts = {name: values.get(name, "").strip() for name in NAMES}
    for name in ("actor", "target"):
        if texts[name]:
            texts[f"{name}_id"] = ""
    if not texts["actor_id"] and not texts["target_id"]:
        texts["as_of"] = ""
    day = values.get("day", "").strip()
    return UrlFilters(
        **texts,
        from_=day or values.get("from", "").strip(),
        to=day or values.get("to", "").strip(),
    )


def of_query(text: str) -> UrlFilters:
    """Return the filters of the query of a URL."""
    return of(dict(parse_qsl(text)))


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidValue("A day is written like 2026-11-22.") from error
    if day.year not in YEARS:
        raise InvalidValue("The audit log has no such day.")
    return day


def _row_id(text: str) -> int | None:
    if not text:
        return None
    row_id = row_ids.possible_id(text)
    if not row_id:
        raise InvalidValue("No row has such an ID.")
    return row_id


def _time(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None and moment.year in YEARS:
            return moment.astimezone(UTC)
    except ValueError as error:
        raise InvalidValue(NO_TIME) from error
    raise InvalidValue(NO_TIME)
