"""The audit log, and events as lists show them."""

from typing import Any

from app.api import names, times
from app.api.endpoint import endpoint, next_page
from app.api.schemas import AFTER, FLAG_WORD, OUTCOMES, ROW_ID, TEXT, TIME, page_of
from app.domain import audit, event_export, event_names, settings
from app.domain.audit import EventFilter
from app.domain.paging import Cursors, Page
from app.domain.permissions import PermissionCode
from app.extensions import db

EVENTS = page_of("Event")
TEXTS = ("actor", "action", "target", "type", "outcome", "request")


@endpoint(
    "GET",
    "/audit",
    needs=(PermissionCode.AUDIT_READ,),
    gives=EVENTS,
    query={
        **dict.fromkeys(TEXTS, TEXT),
        **dict.fromkeys(("actor_id", "target_id"), ROW_ID),
        "outcome": OUTCOMES,
        "sign_ins": FLAG_WORD,
        "since": TIME,
        "until": TIME,
        "as_of": TIME,
        **AFTER,
    },
)
def index(query: dict[str, str]) -> Any:
    """List audit events, the newest first, with the filters of the audit log."""
    given: dict[str, Any] = {name: query[name] for name in TEXTS if name in query}
    filters = EventFilter(
        **given,
        actor_ids=names.row_ids(query, "actor_id"),
        target_ids=names.row_ids(query, "target_id"),
        sign_ins=query.get("sign_ins") == "true",
        since=times.parsed(query, "since"),
        until=times.parsed(query, "until"),
        as_of=times.parsed(query, "as_of"),
    )
    cursors, wanted = Cursors(after=query.get("after")), event_names.meant(db.session, filters)
    return page_of_events(audit.events_page(db.session, wanted, cursors))


def page_of_events(page: Page) -> dict[str, Any]:
    """Return a page of events without secrets, and the path of the next page."""
    marks = settings.secret_marks(db.session)
    items = [event_export.exported(marks, row) for row in page.rows]
    return {"items": items, "next": next_page(page.after)}
