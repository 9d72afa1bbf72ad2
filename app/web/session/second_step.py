"""The second step of signing in, between the right password and the session.

What is known after the first step is in a cookie, signed and short-lived: it opens no page but the
one for the code. The session and its cookie begin with the right code.
"""

from functools import partial

from flask import request
from itsdangerous import BadData
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField

from app import config, unit_of_work
from app.domain import sign_in
from app.domain.authentication.budgets import Attempt
from app.domain.authentication.second_factor import EnteredCode
from app.domain.sign_in import HalfSignedIn, SignInFailed, WrongCode
from app.extensions import db
from app.http.requests import client_address
from app.models.base import utcnow
from app.web.forms import Form
from app.web.saving import saved_after
from app.web.session import device_cookie, failures, identity, session_cookie, throttling

LIFETIME_SECONDS = 600
OVER = "That took too long, or your account has changed. Sign in again."
COOKIE = "second-factor"
SALT = "half-signed-in"


class CodeForm(Form):
    """A code of the second factor, or a recovery code."""

    own_code = StringField("Code")
    next = HiddenField()


def begin(response: Response, half: HalfSignedIn) -> Response:
    """Keep what is known after the first step in the browser."""
    value = session_cookie.signer(SALT).dumps([half.user_id, half.username, half.fingerprint])
    return session_cookie.set_cookie(response, _name(), str(value), max_age=LIFETIME_SECONDS)


def end(response: Response) -> Response:
    """Forget the first step."""
    return session_cookie.delete_cookie(response, _name())


def current() -> HalfSignedIn | None:
    """Return who has taken the first step in this browser not long ago."""
    sent = request.cookies.get(_name(), "")
    try:
        fields = session_cookie.signer(SALT).loads(sent, max_age=LIFETIME_SECONDS)
        return HalfSignedIn(*fields)
    except (BadData, TypeError):
        return None


def finished(form: CodeForm, half: HalfSignedIn) -> bool:
    """Start a session if the form was sent and its code is right; its token is the result."""
    with unit_of_work.repeatable():
        if saved_after(form, lambda: _charged(form, half), partial(_finish, half)):
            return True
    if isinstance(form.rule_error, WrongCode):
        failures.note(half.username)
    return False


def is_over(form: CodeForm) -> bool:
    """Tell whether the first step has to be taken again, as the account has changed since."""
    error = form.rule_error
    return isinstance(error, SignInFailed) and not isinstance(error, WrongCode)


def entered(code: str | None) -> EnteredCode:
    """Return a code as the domain takes it."""
    return EnteredCode(code or "", identity.secrets(), utcnow())


def _charged(form: CodeForm, half: HalfSignedIn) -> EnteredCode:
    throttling.charge(_attempt(half))
    return entered(form.own_code.data)


def _attempt(half: HalfSignedIn) -> Attempt:
    return Attempt(half.username, client_address(), device_cookie.device_of(half.user_id))


def _finish(half: HalfSignedIn, code: EnteredCode) -> str:
    actor, browser, secret = identity.current_actor(), identity.browser(), identity.secret()
    token = sign_in.finish(db.session, half, code, browser, actor=actor, secret=secret)
    identity.end_previous_session()
    throttling.give_back(_attempt(half))
    device_cookie.remember(half.user_id)
    return token


def _name() -> str:
    return config.current().cookie(COOKIE)
