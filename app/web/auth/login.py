"""The page to sign in."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.web import readiness, redirects
from app.web.access import public
from app.web.auth.blueprint import blueprint, go_on
from app.web.session.signing_in import SignInForm, signed_in


@blueprint.route("/login", methods=["GET", "POST"])
@public
def login() -> ResponseReturnValue:
    """Sign in."""
    readiness.demand()
    target = redirects.safe(request.values.get("next"))
    form = SignInForm(next=request.args.get("next", ""))
    if signed_in(form):
        return go_on(form.result, target)
    if not form.is_sent and current_user.is_authenticated:
        return redirect(target, 303)
    return render_template("auth/login.html", form=form), form.status
