"""The page that resets a password."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.domain import roles, users
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.web.access import requires, sensitive
from app.web.review import ConfirmationForm
from app.web.saving import saved
from app.web.users.blueprint import blueprint, handed_over, why_not


@blueprint.route("/<id:user_id>/reset", methods=["GET", "POST"])
@sensitive
@requires(read=PermissionCode.USER_READ, change=PermissionCode.USER_UPDATE)
def reset(user_id: int) -> ResponseReturnValue:
    """Start a password reset, after a question; ends with a one-time link to send."""
    form = ConfirmationForm()
    if saved(form, users.start_reset, user_id):
        user, token = form.result
        return render_template("users/reset_link.html", **handed_over(user, token)), 201
    user = users.get(db.session, user_id)
    form.carry(users.access_content(user, roles.held_by(db.session, [user.id])))
    reason = why_not(user, PermissionCode.USER_UPDATE)
    reason = reason or users.why_no_password(db.session, user)
    return render_template("users/reset.html", form=form, user=user, why_not=reason), form.status
