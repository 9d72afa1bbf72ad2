"""The page that restores a deleted role."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import roles
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.web.access import requires, sensitive
from app.web.events import undoing
from app.web.events.sentences import actor_of
from app.web.events.undoing import AccessUndoForm
from app.web.roles.blueprint import blueprint
from app.web.saving import saved
from app.web.session.identity import current_actor


@blueprint.route("/restore/<id:event_id>", methods=["GET", "POST"])
@sensitive
@requires(read=PermissionCode.ROLE_READ, change=PermissionCode.ROLE_CREATE)
def restore(event_id: int) -> ResponseReturnValue:
    """Review which permissions and members a deleted role gets again; then restore it."""
    undoing.visible_event(event_id)
    form = AccessUndoForm()
    if saved(form, roles.restore, event_id):
        flash(f"Restored the role {form.result.name}.", "success")
        return redirect(url_for(".show", role_id=form.result.id), 303)
    found = roles.review_restore(db.session, event_id, actor=current_actor())
    form.carry(found.content)
    codes = list(found.granted)
    page = render_template(
        "roles/restore.html",
        form=form,
        role=found,
        permissions=roles.describe_permissions(db.session, codes) if codes else [],
        most=undoing.NAMED,
        actor=actor_of(found.event),
    )
    return page, form.status
