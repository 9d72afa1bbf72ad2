"""The sessions of a user."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField, ValidationError

from app.domain import users
from app.domain.authentication import sessions as domain_sessions
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.web.access import requires
from app.web.forms import REASON, ButtonField, ReasonForm
from app.web.row_ids import possible_id
from app.web.saving import saved
from app.web.session.identity import limits
from app.web.users.blueprint import blueprint, why_not

ALL = "all"


class EndUserSessionForm(ReasonForm):
    """The session of a user to end, the id of one or all, and the reason."""

    session = ButtonField("Session")
    reason = TextAreaField("Reason", description=REASON)

    @property
    def session_id(self) -> int | None:
        """The id of the session to end; None for all of them, 0 where it is no id."""
        return None if self.session.data == ALL else possible_id(self.session.data)

    def validate_session(self, _field: ButtonField) -> None:
        """Refuse a value that no button of the page sends."""
        if self.session_id == 0:
            raise ValidationError("Choose the session to end.")


@blueprint.route("/<id:user_id>/sessions", methods=["GET", "POST"])
@requires(read=PermissionCode.USER_UPDATE, change=PermissionCode.USER_UPDATE)
def sessions(user_id: int) -> ResponseReturnValue:
    """Show where a user is signed in, and end one of their sessions or all."""
    form = EndUserSessionForm()
    if saved(form, users.end_sessions, user_id, form.session_id):
        flash("Ended the session." if form.session_id else "Ended all sessions.", "success")
        return redirect(url_for(".sessions", user_id=user_id), 303)
    return _page(form, user_id)


def _page(form: EndUserSessionForm, user_id: int) -> ResponseReturnValue:
    user = users.get(db.session, user_id)
    page = render_template(
        "users/sessions.html",
        form=form,
        user=user,
        sessions=domain_sessions.of_user(db.session, user_id, limits(), current=g.me.session_id),
        why_not=why_not(user, PermissionCode.USER_UPDATE),
    )
    return page, form.status
