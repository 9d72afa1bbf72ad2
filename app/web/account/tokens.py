"""The page of one's own tokens of the API."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import users
from app.extensions import db
from app.web.access import sensitive, signed_in
from app.web.account.blueprint import blueprint
from app.web.tokens import form as token_form


@blueprint.route("/tokens", methods=["GET", "POST"])
@sensitive
@signed_in
def tokens() -> ResponseReturnValue:
    """Show the person's tokens; create one, which is shown once, or revoke one."""
    forms = token_form.forms()
    if token_form.changed(forms, g.me.id):
        if forms.revokes:
            flash(f"Revoked the token {forms.sent.result.name}.", "success")
            return redirect(url_for(".tokens"), 303)
        token, text = forms.sent.result
        return render_template("account/_new_token.html", token=token, text=text), 201
    return token_form.page("account/tokens.html", forms, users.get(db.session, g.me.id))
