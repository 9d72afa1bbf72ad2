"""The page that undoes a save of assignments or activations."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import roles, users
from app.domain.permissions import PermissionCode
from app.domain.users import BulkPlan, UserUndo
from app.extensions import db
from app.web.access import requires, sensitive
from app.web.events import undoing
from app.web.events.sentences import actor_of
from app.web.events.undoing import AccessUndoForm
from app.web.saving import saved
from app.web.session.identity import current_actor
from app.web.users.blueprint import blueprint
from app.web.users.bulk import BulkReport


@blueprint.route("/undo/<id:event_id>", methods=["GET", "POST"])
@sensitive
@requires(
    read=PermissionCode.USER_READ,
    change=(PermissionCode.ROLE_ASSIGN, PermissionCode.USER_UPDATE),
)
def undo(event_id: int) -> ResponseReturnValue:
    """Review what undoing a save changes, and what it leaves out; then undo it."""
    undoing.visible_event(event_id)
    form = AccessUndoForm()
    if saved(form, users.undo, event_id):
        flash(_done(form.result), "success")
        return redirect(_back(form.result), 303)
    return _page(form, event_id)


def _page(form: AccessUndoForm, event_id: int) -> ResponseReturnValue:
    found = users.review_undo(db.session, event_id, actor=current_actor())
    values = _of_many(found.outcome) if isinstance(found.outcome, BulkPlan) else _of_one(found)
    if found.outcome:
        form.carry(found.outcome.content)
    page = render_template(
        "users/undo.html",
        form=form,
        undo=found,
        title=_title(found),
        actor=actor_of(found.event),
        back=_back(found),
        **values,
    )
    return page, form.status


def _of_many(plan: BulkPlan) -> dict[str, Any]:
    codes = plan.codes
    permissions = roles.describe_permissions(db.session, codes) if codes else []
    return {"report": BulkReport(plan, undoing.NAMED), "permissions": permissions}


def _of_one(found: UserUndo) -> dict[str, Any]:
    review = found.outcome
    if review is None or isinstance(review, BulkPlan):
        return {}
    describe = roles.describe_permissions
    gained, lost = (describe(db.session, codes) for codes in (review.gained, review.lost))
    return {"review": review, "gained": gained, "lost": lost}


def _title(found: UserUndo) -> str:
    if isinstance(found.outcome, BulkPlan):
        report = BulkReport(found.outcome, undoing.NAMED)
        return f"{report.texts.title}?" if found.outcome.changed else undoing.NOTHING
    if found.outcome and found.user:
        return f"Undo the changes to the roles of {found.user.display_name}?"
    return undoing.NOTHING


def _done(undone: UserUndo) -> str:
    if isinstance(undone.outcome, BulkPlan):
        return f"{BulkReport(undone.outcome, undoing.NAMED).texts.done}."
    return f"Undid the changes to the roles of {undone.event.target_name}."


def _back(found: UserUndo) -> str:
    if found.user:
        return url_for(".show", user_id=found.user.id)
    return url_for(".index")
