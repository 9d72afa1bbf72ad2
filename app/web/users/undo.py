"""The page that undoes a save of assignments and activations."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import roles, users
from app.domain.permissions import PermissionCode
from app.domain.phrases import counted
from app.domain.users import BulkAction, BulkPlan, UserUndo
from app.extensions import db
from app.web.access import requires, sensitive
from app.web.events import undoing
from app.web.events.sentences import actor_of
from app.web.events.undoing import AccessUndoForm
from app.web.saving import saved
from app.web.session.identity import current_actor
from app.web.users.blueprint import blueprint
from app.web.users.bulk import BulkReport

HEADINGS = {
    BulkAction.ASSIGN: "The role {} will be assigned",
    BulkAction.UNASSIGN: "The role {} will be removed",
    BulkAction.ACTIVATE: "Will be activated",
    BulkAction.DEACTIVATE: "Will be deactivated",
}
RESTORES = (PermissionCode.ROLE_READ, PermissionCode.ROLE_CREATE, PermissionCode.AUDIT_READ)
IS_ACTIVE = {BulkAction.ACTIVATE: "active", BulkAction.DEACTIVATE: "inactive"}


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
    form.carry(found.content)
    describe = roles.describe_permissions
    gained, lost = (
        describe(db.session, codes) if codes else []
        for codes in (found.effect.gained, found.effect.lost)
    )
    page = render_template(
        "users/undo.html",
        form=form,
        undo=found,
        title=_title(found),
        reports=_reports(found),
        roles_of_one=_roles_of_one(found),
        gained=gained,
        lost=lost,
        takes_from_me=g.me.id in found.takes_away,
        restore_urls=_restore_urls(found),
        actor=actor_of(found.event),
        back=_back(found),
    )
    return page, form.status


def _reports(found: UserUndo) -> list[tuple[str, BulkReport]]:
    """Return each change with its heading; the more there are, the fewer users each one names."""
    most = max(undoing.NAMED // max(len(found.plans), 1), 5)
    return [
        (HEADINGS[plan.action].format(plan.role), BulkReport(plan, most)) for plan in found.plans
    ]


def _restore_urls(found: UserUndo) -> dict[str, str]:
    """Return the pages that restore roles that were deleted since, by their names."""
    if not all(map(g.me.can, RESTORES)):
        return {}
    return {
        name: url_for("roles.restore", event_id=event_id)
        for name, event_id in found.deletions.items()
    }


def _roles_of_one(found: UserUndo) -> dict[str, list[str]]:
    """Return the roles that one user gains and loses, and what their account becomes."""
    plans = found.plans
    return {
        "gained_roles": [plan.role for plan in plans if plan.action is BulkAction.ASSIGN],
        "lost_roles": [plan.role for plan in plans if plan.action is BulkAction.UNASSIGN],
        "account": [IS_ACTIVE[plan.action] for plan in plans if not plan.action.takes_role],
    }


def _title(found: UserUndo) -> str:
    if not found.plans:
        return undoing.NOTHING
    if only := _only_plan(found):
        return f"{BulkReport(only, undoing.NAMED).texts.title}?"
    return f"Undo the changes to {_whom(found)}?"


def _done(undone: UserUndo) -> str:
    if only := _only_plan(undone):
        return f"{BulkReport(only, undoing.NAMED).texts.done}."
    return f"Undid the changes to {_whom(undone)}."


def _only_plan(found: UserUndo) -> BulkPlan | None:
    """Return the plan, if there is one alone that says more than that roles change."""
    is_of_roles_of_one = found.person and found.plans[0].action.takes_role
    return found.plans[0] if len(found.plans) == 1 and not is_of_roles_of_one else None


def _whom(found: UserUndo) -> str:
    if not found.person:
        return counted(len(found.changed), "user")
    is_of_roles = all(plan.action.takes_role for plan in found.plans)
    return f"the roles of {found.person.display_name}" if is_of_roles else found.person.display_name


def _back(found: UserUndo) -> str:
    if found.person:
        return url_for(".show", user_id=found.person.id)
    return url_for(".index")
