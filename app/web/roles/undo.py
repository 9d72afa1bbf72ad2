"""The page that undoes a save of granted permissions."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import roles
from app.domain.permissions import PermissionCode
from app.domain.phrases import listed
from app.domain.roles import GrantsUndo
from app.extensions import db
from app.web.access import requires, sensitive
from app.web.events import undoing
from app.web.events.sentences import actor_of
from app.web.events.undoing import AccessUndoForm
from app.web.roles.blueprint import blueprint
from app.web.saving import saved
from app.web.session.identity import current_actor


@blueprint.route("/undo/<id:event_id>", methods=["GET", "POST"])
@sensitive
@requires(read=PermissionCode.ROLE_READ, change=PermissionCode.ROLE_UPDATE)
def undo(event_id: int) -> ResponseReturnValue:
    """Review who gains or loses permissions if a save is undone; then undo it."""
    undoing.visible_event(event_id)
    form = AccessUndoForm()
    if saved(form, roles.undo, event_id):
        names = [difference.name for difference in form.result]
        flash(f"Undid the changes to the permissions of {listed(names)}.", "success")
        return redirect(_back([difference.role_id for difference in form.result]), 303)
    return _page(form, event_id)


def _page(form: AccessUndoForm, event_id: int) -> ResponseReturnValue:
    found = roles.review_undo(db.session, event_id, actor=current_actor())
    if found.impact:
        form.carry(found.impact.content)
    page = render_template(
        "roles/undo.html",
        form=form,
        undo=found,
        title=_title(found),
        actor=actor_of(found.event),
        back=_back(list(found.edits)),
    )
    return page, form.status


def _title(found: GrantsUndo) -> str:
    if not found.impact:
        return undoing.NOTHING
    names = [impact.difference.name for impact in found.impact.roles]
    return f"Undo the changes to the permissions of {listed(names)}?"


def _back(role_ids: list[int]) -> str:
    """Return the URL of the only role, or of the matrix."""
    if len(role_ids) == 1:
        return url_for(".show", role_id=role_ids[0])
    return url_for(".index")
