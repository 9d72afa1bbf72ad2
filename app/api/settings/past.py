"""All settings as they were at a time, compared with a later time or with now, and restored."""

from datetime import datetime
from typing import Any

from app.api import bearer, preconditions, problems, times, typed
from app.api.endpoint import Answer, endpoint, saved
from app.api.schemas import KEYS, PAST_SETTINGS, REASON, TIME, taken
from app.api.settings.values import READ, SETTINGS, UPDATE
from app.api.settings.versions import SEEN_BY
from app.domain import etags, settings
from app.domain.actor import Actor
from app.domain.settings import AsOf, BulkRefused, PastValue
from app.extensions import db
from app.models import AuditEvent, DbSession
from app.models.base import utcnow

PATH = "/past-settings"


@endpoint(
    "GET",
    PATH,
    read=READ,
    needs=SEEN_BY,
    gives=PAST_SETTINGS,
    query={"at": TIME, "to": TIME},
    needed=("at",),
    has_etag=True,
)
def index(query: dict[str, str]) -> Answer:
    """List all settings as they were at a time, and as they were later: at another time, or now."""
    moment, later = times.parsed(query, "at"), times.parsed(query, "to")
    return _answer(settings.as_of(db.session, moment or utcnow(), later))


@endpoint(
    "POST",
    f"{PATH}/restore",
    read=READ,
    needs=(UPDATE,),
    gives=SETTINGS,
    takes=taken("at", "keys", at=TIME, keys=KEYS, **REASON),
    has_etag=True,
)
def restore(body: dict[str, Any]) -> Any:
    """Give settings the values that they had at a time, deleted ones too; all or none."""
    try:
        saved(_restore, times.in_body(body, "at"), body)
    except BulkRefused as refusal:
        errors = [problems.mistake(("keys",), str(error)) for error in refusal.all_errors]
        return problems.refused(refusal, errors)
    return {"items": [typed.setting(row) for row in settings.by_keys(db.session, body["keys"])]}


def _restore(
    session: DbSession, moment: datetime, body: dict[str, Any], *, actor: Actor
) -> list[AuditEvent]:
    settings.take_turns(session)
    settings.lock_by_keys(session, body["keys"])
    past = settings.as_of(session, moment)
    preconditions.compare(_answer(past).etag or "")
    edit = settings.edit_of_past(past, body["keys"], body.get("reason", ""))
    return settings.change_many(session, edit, actor=actor, may=bearer.caller().can)


def _answer(past: AsOf) -> Answer:
    shown = {
        "record_begins": past.begins and past.begins.isoformat(),
        "items": [_shown(value) for value in past.values],
    }
    return Answer(shown, etags.of(shown))


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
