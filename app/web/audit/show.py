"""The page of an event."""

from flask import render_template, url_for

from app.domain import audit
from app.domain.audit import HistoryEntry
from app.domain.permissions import PermissionCode
from app.extensions import db
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
    entries = [details.entry, *details.others]
    events = [entry.event for entry in entries]
    line, *other_lines = lines = sentences.in_words(entries)
    of_save = sentences.undone_together(events, lines)[0].undo_url
    return render_template(
        "audit/show.html",
        event=event,
        line=line,
        differences=fields.differences(event),
        grounds=grounds.of(details.entry),
        undo_save_url=of_save if of_save != line.undo_url else None,
        others=list(zip(events[1:], other_lines, strict=True)),
        has_more=details.has_more,
        urls=_urls(details.entry),
    )


def _urls(entry: HistoryEntry) -> dict[str, str]:
    return {
        "actor": listing.actor_url(entry),
        "target": listing.target_url(entry),
        "request": listing.request_url(entry.event),
        "settings_then": url_for("settings.past", at=entry.event.at.isoformat(), show="all"),
    }
