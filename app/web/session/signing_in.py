"""Signing in with a password: at the page for it, or at the form that a session did not outlive."""

from functools import partial
from typing import Any

from flask import after_this_request, current_app, make_response, render_template, request
from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField, StringField

from app import unit_of_work
from app.domain import sign_in
from app.domain.authentication.budgets import Attempt
from app.domain.sign_in import SignInFailed, VerifiedPassword
from app.extensions import db
from app.web import kept_input
from app.web.forms import Form
from app.web.saving import saved_after
from app.web.session import device_cookie, identity, session_cookie, throttling

UNAUTHORIZED = 401


class SignInForm(Form):
    """A user name or an email address, and a password."""

    username = StringField("User name or email")
    password = PasswordField("Password")
    next = HiddenField()


def signed_in(form: SignInForm) -> bool:
    """Start a session if the form was sent and its password is right; its token is the result."""
    if saved_after(form, lambda: _proof(form), _sign_in):
        return True
    if isinstance(form.rule_error, SignInFailed):
        note_failure(form.username.data or "")
    return False


def at_form() -> Response | None:
    """Sign in at the URL of a form whose session has ended, and go on with what was entered.

    Returns:
        The page that asks for the password and holds the fields of the form; None once the person
        has signed in.
    """
    form, kept = SignInForm(), kept_input.of_request()
    del form.next
    status = UNAUTHORIZED
    if not (kept_input.is_kept() and form.password.name in request.form):
        form.username.data = ""
    elif signed_in(form):
        identity.load(form.result)
        after_this_request(partial(session_cookie.store, token=form.result))
        return None
    else:
        status = form.status
    return session_cookie.delete(asking("auth/login.html", status, form=form, kept=kept))


def asking(template: str, status: int, **context: Any) -> Response:
    """Return a page that asks a person to show who they are."""
    page = make_response(render_template(template, **context), status)
    if status == UNAUTHORIZED:
        # RFC 9110, 11.6.1: the challenge says how; no browser knows this one, and it asks nothing.
        page.headers["WWW-Authenticate"] = "Session"
    return page


def note_failure(name: str) -> None:
    """Count a failed sign-in with the name, or leave it where the database is away."""
    actor = identity.current_actor()
    try:
        unit_of_work.carry_out(
            lambda: sign_in.note_failure(db.session, name, actor.address), actor=actor
        )
    except (DBAPIError, unit_of_work.OutcomeUnknown, unit_of_work.TooManyChanges) as error:
        # A table that is away or may not be written is a ProgrammingError on some databases.
        db.session.rollback()
        current_app.logger.warning("A failed sign-in was not counted: %s.", type(error).__name__)


def _proof(form: SignInForm) -> tuple[VerifiedPassword | None, Attempt]:
    name = form.username.data or ""
    account = unit_of_work.read(lambda: sign_in.find_account(db.session, name))
    cost = unit_of_work.read(lambda: sign_in.bcrypt_cost(db.session))
    attempt = throttling.attempt_at(account, name)
    with throttling.charged(attempt):
        return sign_in.verify(account, form.password.data or "", bcrypt_cost=cost), attempt


def _sign_in(proven: tuple[VerifiedPassword | None, Attempt]) -> str:
    proof, attempt = proven
    actor, browser, secret = identity.current_actor(), identity.browser(), identity.secret()
    token = sign_in.complete(db.session, proof, browser, actor=actor, secret=secret)
    identity.end_previous_session()
    throttling.give_back(attempt)
    if proof:  # `complete` has refused otherwise
        device_cookie.remember(proof.user_id)
    return token
