"""The time zone of the reader, from a cookie of their browser."""

import zoneinfo
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from flask import g, has_request_context, request

from app import config
from app.models.base import utcnow

COOKIE = "zone"
UTC = "UTC"
MINUTES = timedelta(minutes=1)
# The regions that people look for; the rest of the database are abbreviations, and names with the
# sign reversed (Etc/GMT+1 is an hour behind UTC).
REGIONS = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe"),
    *("Indian", "Pacific"),
)


def current() -> ZoneInfo:
    """Return the zone of the reader; UTC if they have not chosen one."""
    if not has_request_context():
        return ZoneInfo(UTC)
    if "zone" not in g:
        g.zone = ZoneInfo(_known(request.cookies.get(config.current().cookie(COOKIE))))
    zone: ZoneInfo = g.zone
    return zone


def named() -> str:
    """Return the name of the zone with its current offset: Europe/Berlin (UTC+1)."""
    zone = current()
    return UTC if zone.key == UTC else f"{zone.key} ({offset(utcnow().astimezone(zone))})"


def offset(time: datetime) -> str:
    """Return the offset of a time from UTC: UTC+5:30."""
    minutes = (time.utcoffset() or timedelta()) // MINUTES
    hours, rest = divmod(abs(minutes), 60)
    if not minutes:
        return UTC
    return f"{UTC}{'+' if minutes > 0 else '-'}{hours}{f':{rest:02}' if rest else ''}"


@cache
def by_region() -> Mapping[str, list[tuple[str, str]]]:
    """Return the names of all zones with their labels, by region, UTC before them."""
    names = sorted(zoneinfo.available_timezones())
    regions = {
        region: [name for name in names if name.startswith(f"{region}/")] for region in REGIONS
    }
    return {"Everywhere": [(UTC, UTC)]} | {
        region: [(name, name.replace("_", " ")) for name in group]
        for region, group in regions.items()
    }


@cache
def _names() -> frozenset[str]:
    return frozenset(name for names in by_region().values() for name, _ in names)


def _known(name: str | None) -> str:
    return name if name is not None and name in _names() else UTC
