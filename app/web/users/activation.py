"""The pages that activate and deactivate an account."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import roles, users
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.models import User
from app.web.access import requires
from app.web.review import ConfirmationForm
from app.web.saving import saved
from app.web.users.blueprint import blueprint, why_last, why_not


@blueprint.route("/<id:user_id>/activate", methods=["GET", "POST"])
@requires(read=PermissionCode.USER_READ, change=PermissionCode.USER_UPDATE)
def activate(user_id: int) -> ResponseReturnValue:
    """Let a user sign in again, after a question."""
    form = ConfirmationForm()
    if saved(form, users.activate, user_id):
        return _done(f"{form.result.username} was activated.", user_id)
    user = users.get(db.session, user_id)
    reason = f"{user.username} is already active." if user.is_active else None
    reason = why_not(user, PermissionCode.USER_UPDATE) or reason
    return _page("users/activate.html", form, user, reason)


@blueprint.route("/<id:user_id>/deactivate", methods=["GET", "POST"])
@requires(read=PermissionCode.USER_READ, change=PermissionCode.USER_UPDATE)
def deactivate(user_id: int) -> ResponseReturnValue:
    """Keep a user from signing in, after a question."""
    form = ConfirmationForm()
    if saved(form, users.deactivate, user_id):
        return _done(f"{form.result.username} was deactivated.", user_id)
    user = users.get(db.session, user_id)
    reason = why_last(user) if user.is_active else f"{user.username} is already inactive."
    reason = why_not(user, PermissionCode.USER_UPDATE) or reason
    return _page("users/deactivate.html", form, user, reason)


def _page(
    template: str, form: ConfirmationForm, user: User, reason: str | None
) -> ResponseReturnValue:
    granting = roles.held_by(db.session, [user.id])
    form.carry(users.access_content(user, granting))
    names = ", ".join(role.name for role in granting)
    page = render_template(template, form=form, user=user, role_names=names, why_not=reason)
    return page, form.status


def _done(sentence: str, user_id: int) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(url_for(".show", user_id=user_id), 303)
