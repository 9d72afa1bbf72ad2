"""Versions of settings: their history, and deleted settings restored."""

from typing import Any

from app.api import bearer
from app.api.endpoint import CREATED, Answer, endpoint, saved
from app.api.events import EVENTS, page_of_events
from app.api.schemas import AFTER, REASON, component, taken
from app.api.settings.rows import created_setting
from app.api.settings.values import CREATE, READ, UPDATE
from app.domain import audit, settings
from app.domain.errors import NotFound
from app.domain.paging import Cursors
from app.domain.permissions import PermissionCode
from app.extensions import db

SEEN_BY = (UPDATE, PermissionCode.AUDIT_READ)


@endpoint(
    "GET",
    "/settings/<named:key>/history",
    read=READ,
    needs=SEEN_BY,
    gives=EVENTS,
    query=AFTER,
)
def history(key: str, query: dict[str, str]) -> Any:
    """List the recorded changes of a setting, the newest first; also of a deleted one."""
    cursors = Cursors(after=query.get("after"))
    return page_of_events(settings.versions_page(db.session, key, cursors))


@endpoint("GET", "/deleted-settings", read=READ, needs=SEEN_BY, gives=EVENTS, query=AFTER)
def deleted(query: dict[str, str]) -> Any:
    """List the deletions of settings that nobody has created again, the newest first."""
    cursors = Cursors(after=query.get("after"))
    return page_of_events(settings.deleted_page(db.session, cursors))


@endpoint(
    "POST",
    "/deleted-settings/<row:event_id>/restore",
    read=READ,
    needs=(CREATE,),
    gives=component("Setting"),
    status=CREATED,
    takes=taken(**REASON),
)
def restore(event_id: int, body: dict[str, Any]) -> Answer:
    """Restore a deleted setting by the event of its deletion; a secret without its value."""
    _refuse_unseen(event_id)
    return created_setting(saved(settings.restore, event_id, body.get("reason", "")))


def _refuse_unseen(event_id: int) -> None:
    """Refuse a deletion that is neither the caller's own nor in a history that they may see."""
    event, me = audit.get(db.session, event_id), bearer.caller()
    if any(map(me.can, SEEN_BY)):
        return
    if event is None or not audit.is_by_user(db.session, event, me.user_id):
        raise NotFound(settings.NO_DELETION)
