"""The filters of the audit log in a URL, with days of the reader's time zone."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from urllib.parse import parse_qsl

from app.domain import audit
from app.domain.audit import EventFilter
from app.domain.errors import InvalidValue
from app.web import zones

YEARS = range(1970, 9000)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class UrlFilters:
    """The filters as the URL has them; a name with an underscore stands for a reserved word."""

    actor: str = ""
    action: str = ""
    target: str = ""
    type: str = ""
    outcome: str = ""
    request: str = ""
    sign_ins: str = ""
    from_: str = ""
    to: str = ""

    @property
    def events(self) -> EventFilter:
        """The filter, as the domain takes it.

        Raises:
            InvalidValue: A text is no day, or the outcome does not exist.
        """
        since, last = _day(self.from_), _day(self.to)
        zone = zones.current()
        return EventFilter(
            *(self.actor, self.action, self.target, self.type, self.outcome, self.request),
            sign_ins=bool(self.sign_ins),
            since=audit.start_of(since, zone) if since else None,
            until=audit.start_of(last + ONE_DAY, zone) if last else None,
        )

    @property
    def active(self) -> dict[str, str]:
        """The filters that are on, by their names in the URL."""
        return {name.rstrip("_"): text for name, text in asdict(self).items() if text}


def of(values: Mapping[str, str]) -> UrlFilters:
    """Return the filters that a URL or a form asks for; ``day`` is short for one day."""
    day = values.get("day", "").strip()
    names = ("actor", "action", "target", "type", "outcome", "request", "sign_ins")
    texts = {name: values.get(name, "").strip() for name in names}
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
