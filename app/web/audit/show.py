"""The page of an event."""

from typing import Any

from flask import render_template

from app.domain import audit
from app.domain.audit import EventDetails
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.models import AuditEvent
from app.web.access import requires
from app.web.audit import fields, grounds, listing
from app.web.audit.blueprint import blueprint
from app.web.events import sentences


@blueprint.get("/<id:event_id>")
@requires(read=PermissionCode.AUDIT_READ)
def show(event_id: int) -> str:
    """Show an event: what changed, why, who could, and the rest of the save."""
    details = audit.details(db.session, event_id)
    event = details.entry.event
    [line] = sentences.in_words([details.entry])
    return render_template(
        "audit/show.html",
        event=event,
        line=line,
        differences=fields.differences(event),
        grounds=grounds.of(event),
        others=_others(details),
        has_more=details.has_more,
        urls=_urls(event),
    )


def _others(details: EventDetails) -> list[tuple[AuditEvent, Any]]:
    lines = sentences.in_words(details.others)
    return [(entry.event, line) for entry, line in zip(details.others, lines, strict=True)]


def _urls(event: AuditEvent) -> dict[str, str]:
    return {
        "actor": listing.actor_url(event),
        "target": listing.target_url(event),
        "request": listing.request_url(event),
    }
