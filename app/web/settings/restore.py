"""The page that restores a deleted setting."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import audit, settings
from app.domain.permissions import PermissionCode
from app.domain.settings import SecretMarks
from app.extensions import db
from app.models import AuditEvent
from app.web.access import requires
from app.web.events import sentences
from app.web.forms import ReasonForm
from app.web.saving import saved
from app.web.settings import earlier, listing
from app.web.settings.blueprint import blueprint, visible
from app.web.settings.new import page_of


@blueprint.route("/restore/<id:event_id>", methods=["GET", "POST"])
@requires(read=PermissionCode.SETTINGS_READ, change=PermissionCode.SETTINGS_CREATE)
def restore(event_id: int) -> ResponseReturnValue:
    """Show a deleted setting, and restore it."""
    visible(audit.get(db.session, event_id))
    form = ReasonForm()
    if saved(form, settings.restore, event_id):
        flash(f"Restored {form.result.key}.", "success")
        return redirect(page_of(form.result), 303)
    return _page(form, event_id)


def _page(form: ReasonForm, event_id: int) -> ResponseReturnValue:
    event = settings.deletion_event(db.session, event_id)
    deleted = audit.fields_of(event.before)
    rules = settings.read_rules(db.session, [deleted["key"]])
    marks = settings.secret_marks(db.session)
    is_taken = settings.is_taken(db.session, deleted["key"])
    page = render_template(
        "settings/restore.html",
        form=form,
        event=event,
        actor=sentences.actor_of(event),
        deleted=deleted,
        value=marks.shown(deleted["key"], event.id, deleted),
        is_secret=marks.hides(deleted["key"], event.id),
        category=listing.name_of(deleted["category"]),
        needs_reason=rules.of(deleted["key"], deleted["category"]).requires_reason,
        is_taken=is_taken,
        former=_former(event, deleted, marks) if is_taken else None,
        always_set=settings.always_set(db.session) if deleted["value"] is None else "",
    )
    return page, form.status


def _former(
    event: AuditEvent, deleted: dict[str, Any], marks: SecretMarks
) -> tuple[str, str] | None:
    """Return the label and URL of the edit that gives its value to the setting there is today."""
    key = deleted["key"]
    line = next((line for line in settings.read_all(db.session) if line.key == key), None)
    if line is None or line.read_only_reason or not g.me.can(PermissionCode.SETTINGS_UPDATE):
        return None
    if not marks.can_restore(key, event.id, deleted):
        return None
    return earlier.label(deleted["value"]), url_for(".show", setting_id=line.id, undo=event.id)
