"""The page to sign in."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import HiddenField, PasswordField, StringField

from app import unit_of_work
from app.domain import sign_in
from app.domain.sign_in import VerifiedPassword
from app.extensions import db
from app.web import identity, readiness, redirects
from app.web.access import public
from app.web.auth.blueprint import blueprint, enter
from app.web.forms import Form
from app.web.saving import saved_after


class SignInForm(Form):
    """A user name or an email address, and a password."""

    username = StringField("User name or email")
    password = PasswordField("Password")
    next = HiddenField()


@blueprint.route("/login", methods=["GET", "POST"])
@public
def login() -> ResponseReturnValue:
    """Sign in."""
    readiness.demand()
    target = redirects.safe(request.values.get("next"))
    form = SignInForm(next=request.args.get("next", ""))
    if saved_after(form, lambda: _proof(form), _sign_in):
        return enter(form.result, target)
    if not form.is_sent and current_user.is_authenticated:
        return redirect(target, 303)
    return render_template("auth/login.html", form=form), form.status


def _proof(form: SignInForm) -> VerifiedPassword | None:
    name = form.username.data or ""
    account = unit_of_work.read(lambda: sign_in.find_account(db.session, name))
    cost = unit_of_work.read(lambda: sign_in.bcrypt_cost(db.session))
    return sign_in.verify(account, form.password.data or "", bcrypt_cost=cost)


def _sign_in(proof: VerifiedPassword | None) -> str:
    actor, browser, secret = identity.current_actor(), identity.browser(), identity.secret()
    token = sign_in.complete(db.session, proof, browser, actor=actor, secret=secret)
    identity.end_previous_session()
    return token
