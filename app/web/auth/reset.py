"""The page to choose a password, opened by a one-time link from an administrator."""

from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField

from app import unit_of_work
from app.domain import sign_in
from app.domain.errors import NotFound
from app.domain.sign_in import Account, HalfSignedIn
from app.extensions import db
from app.web import readiness
from app.web.access import public
from app.web.auth.blueprint import blueprint, enter, go_on, link_gone
from app.web.forms import GOOD_PASSWORDS, Form
from app.web.saving import saved_after
from app.web.session import device_cookie, identity, session_cookie


class ChoosePasswordForm(Form):
    """A new password for the owner of a link."""

    password = PasswordField("New password", description=GOOD_PASSWORDS)

    @property
    def edit(self) -> str:
        """The password as entered."""
        return self.password.data or ""


@blueprint.route("/reset/<name:token>", methods=["GET", "POST"])
@public
def reset(token: str) -> ResponseReturnValue:
    """Choose a password with a one-time link, which also signs in."""
    readiness.demand()
    try:
        owner = _owner(token)
    except NotFound:
        return link_gone("reset")
    form = ChoosePasswordForm()
    new_hash = partial(sign_in.new_hash, owner, form.edit, identity.password_scheme())
    if saved_after(form, new_hash, partial(_choose, token)):
        return _entered(form.result)
    if isinstance(form.rule_error, NotFound):
        return link_gone("reset")
    return render_template("auth/reset.html", form=form, username=owner.username), form.status


def _owner(token: str) -> Account:
    # A refusal for what has become of the issuer is recorded.
    return unit_of_work.try_out(
        lambda: unit_of_work.read(lambda: sign_in.link_owner(db.session, token)),
        actor=identity.current_actor(),
    )


def _choose(token: str, password_hash: str) -> str | HalfSignedIn | None:
    actor, browser, secret = identity.current_actor(), identity.browser(), identity.secret()
    session_token = sign_in.choose_and_sign_in(
        db.session, token, password_hash, browser, actor=actor, secret=secret
    )
    # Whoever was signed in before: the cookie gets the token of the new session, never an old one.
    identity.end_previous_session()
    return session_token


def _entered(session_token: str | HalfSignedIn | None) -> ResponseReturnValue:
    if session_token is None:
        response = session_cookie.delete(redirect(url_for(".login"), 303))
        flash("Your password is set. You can sign in once your account is active.", "success")
        return response
    if isinstance(session_token, HalfSignedIn):
        flash("Your password is set.", "success")
        return session_cookie.delete(go_on(session_token, url_for("home.overview")))
    answer = enter(session_token, url_for("home.overview"))
    if me := identity.load(session_token):
        device_cookie.remember(me.id)
    flash("Your password is set, and you are signed in.", "success")
    return answer
