"""Signing in with a password: at the page for it, or at the form that a session did not outlive."""

from functools import partial
from typing import Any

from flask import after_this_request, make_response, render_template, request
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField, StringField

from app import unit_of_work
from app.domain import sign_in
from app.domain.authentication.budgets import Attempt
from app.domain.sign_in import HalfSignedIn, SignInFailed, VerifiedPassword
from app.extensions import db
from app.web import kept_input
from app.web.forms import Form
from app.web.saving import saved_after
from app.web.session import (
    device_cookie,
    failures,
    identity,
    second_step,
    session_cookie,
    throttling,
)
from app.web.session.second_step import CodeForm

UNAUTHORIZED = 401


class SignInForm(Form):
    """A user name or an email address, and a password."""

    username = StringField("User name or email")
    password = PasswordField("Password")
    next = HiddenField()


def signed_in(form: SignInForm) -> bool:
    """Start a session if the form was sent and its password is right.

    The result is the session's token, or who has to enter a code first.
    """
    with unit_of_work.repeatable():
        if saved_after(form, lambda: _proof(form), _sign_in):
            return True
    if isinstance(form.rule_error, SignInFailed):
        failures.note(form.username.data or "")
    return False


def at_form() -> Response | None:
    """Sign in at the URL of a form whose session has ended, and go on with what was entered.

    Returns:
        The page that asks for the password and holds the fields of the form; None once the person
        has signed in.
    """
    if kept_input.is_kept() and kept_input.CODE in request.form:
        return _second_step()
    form, kept = SignInForm(), kept_input.of_request()
    del form.next
    status = UNAUTHORIZED
    if not (kept_input.is_kept() and form.password.name in request.form):
        form.username.data = ""
    elif signed_in(form):
        if isinstance(form.result, HalfSignedIn):
            return second_step.begin(_code_page(CodeForm(), UNAUTHORIZED), form.result)
        _go_on(form.result)
        return None
    else:
        status = form.status
    return session_cookie.delete(asking("auth/login.html", status, form=form, kept=kept))


def _second_step() -> Response | None:
    """Take the second step at the URL of a form; the first one again if it was too long ago."""
    form, half = CodeForm(), second_step.current()
    if half and second_step.finished(form, half):
        after_this_request(second_step.end)
        _go_on(form.result)
        return None
    if half is None or second_step.is_over(form):
        again, kept = SignInForm(formdata=None), kept_input.of_request()
        again.refusal = second_step.OVER
        return second_step.end(asking("auth/login.html", UNAUTHORIZED, form=again, kept=kept))
    return _code_page(form, form.status)


def _code_page(form: CodeForm, status: int) -> Response:
    del form.next
    kept = kept_input.of_request()
    return session_cookie.delete(asking("auth/second_factor.html", status, form=form, kept=kept))


def _go_on(token: str) -> None:
    identity.load(token)
    after_this_request(partial(session_cookie.store, token=token))


def asking(template: str, status: int, **context: Any) -> Response:
    """Return a page that asks a person to show who they are."""
    page = make_response(render_template(template, **context), status)
    if status == UNAUTHORIZED:
        # RFC 9110, 11.6.1: the challenge says how; no browser knows this one, and it asks nothing.
        page.headers["WWW-Authenticate"] = "Session"
    return page


def _proof(form: SignInForm) -> tuple[VerifiedPassword | None, Attempt]:
    name = form.username.data or ""
    account = unit_of_work.read(lambda: sign_in.find_account(db.session, name))
    cost = unit_of_work.read(lambda: sign_in.bcrypt_cost(db.session))
    attempt = throttling.attempt_at(account, name)
    with throttling.charged(attempt):
        return sign_in.verify(account, form.password.data or "", bcrypt_cost=cost), attempt


def _sign_in(proven: tuple[VerifiedPassword | None, Attempt]) -> str | HalfSignedIn:
    proof, attempt = proven
    actor, browser, secret = identity.current_actor(), identity.browser(), identity.secret()
    entered = sign_in.complete(db.session, proof, browser, actor=actor, secret=secret)
    if isinstance(entered, HalfSignedIn):
        # The account's stays charged, so that a known password gives no more guesses at the code.
        throttling.give_back_shared(attempt)
        return entered
    identity.end_previous_session()
    throttling.give_back(attempt)
    if proof:  # `complete` has refused otherwise
        device_cookie.remember(proof.user_id)
    return entered
