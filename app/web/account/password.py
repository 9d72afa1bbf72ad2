"""The page to change one's own password."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField

from app import unit_of_work
from app.domain import sign_in
from app.domain.authentication.budgets import Attempt
from app.domain.sign_in import PasswordChange, SignInFailed
from app.extensions import db
from app.web.access import sensitive_if, signed_in
from app.web.account.blueprint import blueprint
from app.web.forms import GOOD_PASSWORDS, Form
from app.web.saving import saved_after
from app.web.session import device_cookie, failures, identity, session_cookie, throttling


class OwnPasswordForm(Form):
    """The current password, and a new one."""

    current = PasswordField("Current password")
    password = PasswordField("New password", description=GOOD_PASSWORDS)


def _has_second_factor() -> bool:
    # The new session counts as one that has just been authenticated, which takes the code too.
    return bool(g.me.has_second_factor)


@blueprint.route("/password", methods=["GET", "POST"])
@sensitive_if(_has_second_factor)
@signed_in
def password() -> ResponseReturnValue:
    """Change the person's own password; every other session ends."""
    form = OwnPasswordForm()
    if saved_after(form, lambda: _verified(form), _change):
        flash("Your password was changed, and your other sessions have ended.", "success")
        return session_cookie.store(redirect(url_for(".show"), 303), form.result)
    if isinstance(form.rule_error, SignInFailed):
        failures.note(g.me.username)
    return render_template("account/password.html", form=form), form.status


def _verified(form: OwnPasswordForm) -> tuple[PasswordChange, Attempt]:
    actor = identity.current_actor()
    account = unit_of_work.read(lambda: sign_in.own_account(db.session, actor))
    current, new = form.current.data or "", form.password.data or ""
    scheme, attempt = identity.password_scheme(), throttling.attempt_at(account)
    # First, so that what is refused for the new password is no attempt at the current one.
    sign_in.check_choice(account, new, scheme)
    with throttling.charged(attempt):
        return sign_in.verify_change(account, current, new, scheme), attempt


def _change(verified: tuple[PasswordChange, Attempt]) -> str:
    change, attempt = verified
    actor, browser, secret = identity.current_actor(), identity.browser(), identity.secret()
    token = sign_in.change_password(db.session, change, browser, actor=actor, secret=secret)
    throttling.give_back(attempt)
    device_cookie.remember(actor.id or 0)
    return token
