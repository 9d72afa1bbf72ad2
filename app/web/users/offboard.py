"""The page that offboards a user: deactivated, signed out and without roles, by one save."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import roles, users
from app.domain.authentication import sessions
from app.domain.permissions import PermissionCode
from app.domain.users import Offboarding
from app.extensions import db
from app.models import User
from app.web.access import requires, sensitive
from app.web.review import ConfirmationForm
from app.web.saving import saved
from app.web.session.identity import limits
from app.web.users.blueprint import blueprint, why_last, why_not


@blueprint.route("/<id:user_id>/offboard", methods=["GET", "POST"])
@sensitive
@requires(read=PermissionCode.USER_READ, change=PermissionCode.USER_UPDATE)
def offboard(user_id: int) -> ResponseReturnValue:
    """Review what leaves with a user, and deactivate them without roles and sessions."""
    form = ConfirmationForm()
    if saved(form, users.offboard, user_id):
        flash(f"{form.result.username} was offboarded.", "success")
        return redirect(url_for(".show", user_id=user_id), 303)
    user = users.get(db.session, user_id)
    review = users.review_offboarding(db.session, user)
    form.carry(review.content)
    open_sessions = sessions.of_user(db.session, user_id, limits())
    page = render_template(
        "users/offboard.html",
        form=form,
        user=user,
        review=review,
        session_count=len(open_sessions),
        permissions=roles.describe_permissions(db.session, review.only_theirs),
        why_not=_why_not(user, review, has_sessions=bool(open_sessions)),
    )
    return page, form.status


def _why_not(user: User, review: Offboarding, *, has_sessions: bool) -> str | None:
    reason = why_not(user, PermissionCode.USER_UPDATE) or why_not(user, PermissionCode.ROLE_ASSIGN)
    if reason:
        return reason
    if not (user.is_active or review.granting or has_sessions):
        return f"{user.username} is inactive, and has no role and no session."
    return why_last(user)
