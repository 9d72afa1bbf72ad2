"""All settings as they were at a time, compared with a later time or with now."""

from typing import Any

from app.api import times
from app.api.endpoint import endpoint
from app.api.schemas import PAST_SETTINGS, TIME
from app.api.settings.values import READ
from app.api.settings.versions import SEEN_BY
from app.domain import settings
from app.domain.settings import PastValue
from app.extensions import db
from app.models.base import utcnow


@endpoint(
    "GET",
    "/past-settings",
    read=READ,
    needs=SEEN_BY,
    gives=PAST_SETTINGS,
    query={"at": TIME, "to": TIME},
    needed=("at",),
)
def index(query: dict[str, str]) -> Any:
    """List all settings as they were at a time, and as they were later: at another time, or now."""
    moment, later = times.parsed(query, "at"), times.parsed(query, "to")
    found = settings.as_of(db.session, moment or utcnow(), later)
    return {
        "record_begins": found.begins and found.begins.isoformat(),
        "items": [_shown(value) for value in found.values],
    }


def _shown(past: PastValue) -> dict[str, Any]:
    return {
        "key": past.key,
        "existed": past.was_there,
        "text": past.value,
        "existed_later": past.is_there,
        "later_text": past.later,
        "is_secret": past.is_secret,
        "differs": past.differs,
        "why_not_restored": past.why_not,
    }
