"""The page of a user's tokens of the API."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import users
from app.domain.authentication import api_tokens
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.web.access import requires, sensitive
from app.web.tokens import form as token_form
from app.web.users.blueprint import blueprint, why_not


@blueprint.route("/<id:user_id>/tokens", methods=["GET", "POST"])
@sensitive
@requires(read=PermissionCode.USER_UPDATE, change=PermissionCode.USER_UPDATE)
def tokens(user_id: int) -> ResponseReturnValue:
    """Show a user's tokens; revoke one, or create one for a service account."""
    forms = token_form.forms()
    if token_form.changed(forms, user_id):
        if forms.revokes:
            flash(f"Revoked the token {forms.sent.result.name}.", "success")
            return redirect(url_for(".tokens", user_id=user_id), 303)
        token, text = forms.sent.result
        user = users.get(db.session, user_id)
        return render_template("users/_new_token.html", user=user, token=token, text=text), 201
    user = users.get(db.session, user_id)
    return token_form.page(
        "users/tokens.html",
        forms,
        user,
        is_service=api_tokens.is_service(db.session, user_id),
        why_not=why_not(user, PermissionCode.USER_UPDATE),
    )
