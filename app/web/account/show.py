"""The page of a person's own account."""

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from app.domain import access, users
from app.domain.authentication import sessions
from app.extensions import db
from app.web.access import signed_in
from app.web.account.blueprint import blueprint
from app.web.forms import REASON, ReasonForm
from app.web.row_ids import IdField
from app.web.session.identity import limits

ROLES_SHOWN, PERMISSIONS_SHOWN = 50, 100


class OwnSessionForm(ReasonForm):
    """The id of one of the person's own sessions, which is to end, and the reason."""

    session = IdField("Session", "Choose the session to end.")
    reason = TextAreaField("Reason", description=REASON)


@blueprint.get("")
@signed_in
def show() -> ResponseReturnValue:
    """Show the person's profile, roles, permissions, sessions and choices."""
    return page(OwnSessionForm())


def page(form: OwnSessionForm) -> ResponseReturnValue:
    """Return the page of the account, with the error of the form that ends a session."""
    user, shows_all = users.get(db.session, g.me.id), bool(request.args.get("all"))
    text = render_template(
        "account/show.html",
        form=form,
        user=user,
        roles=user.roles,
        permissions=_granted(user.id),
        most_roles=None if shows_all else ROLES_SHOWN,
        most_permissions=None if shows_all else PERMISSIONS_SHOWN,
        sessions=sessions.of_user(db.session, user.id, limits(), current=g.me.session_id),
    )
    return text, form.status


def _granted(user_id: int) -> list[access.EffectivePermission]:
    permissions = access.permissions_of(db.session, user_id)
    return [permission for permission in permissions if permission.roles]
