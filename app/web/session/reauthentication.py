"""Re-authentication: a person shows again who they are, before what needs it is done."""

from functools import partial

from flask import after_this_request, request
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField

from app import unit_of_work
from app.domain import sign_in
from app.domain.authentication.budgets import Attempt
from app.domain.authentication.second_factor import EnteredCode
from app.domain.sign_in import SignInFailed, VerifiedPassword
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
    signing_in,
    throttling,
)


class ReauthenticationForm(Form):
    """The person's own password, and a code if they have a second factor.

    They are sent beside the fields of the form that waits for them.
    """

    own_password = PasswordField("Your password")
    own_code = StringField("Code")


def is_shown_only() -> bool:
    """Tell whether the request sends kept input from another page than the one that asks."""
    return kept_input.is_kept() and kept_input.PASSWORD not in request.form


def at_form() -> Response | None:
    """Ask for the password at the URL of a form, and go on with what was entered.

    The form goes on as it was sent. If a part of it could not be kept, it is shown again.

    Returns:
        The page that asks, and holds the fields of the form; None once the person has shown who
        they are.
    """
    form, kept = ReauthenticationForm(), kept_input.of_request()
    is_whole = kept_input.WHOLE in request.form if kept_input.is_kept() else kept.is_whole
    status = signing_in.UNAUTHORIZED
    if kept_input.is_kept():
        if _reauthenticated(form):
            identity.load(form.result)
            after_this_request(partial(session_cookie.store, token=form.result))
            if is_whole:
                kept_input.go_on()
            return None
        status = form.status
    return signing_in.asking(
        "auth/_reauthenticate.html", status, form=form, kept=kept, is_whole=is_whole
    )


def _reauthenticated(form: ReauthenticationForm) -> bool:
    code = second_step.entered(form.own_code.data)
    with unit_of_work.repeatable():
        if saved_after(form, lambda: _proof(form), partial(_renew, code)):
            return True
    if isinstance(form.rule_error, SignInFailed):
        failures.note(identity.current_actor().name)
    return False


def _proof(form: ReauthenticationForm) -> tuple[VerifiedPassword | None, Attempt]:
    actor = identity.current_actor()
    account = unit_of_work.read(lambda: sign_in.own_account(db.session, actor))
    attempt = throttling.attempt_at(account)
    with throttling.charged(attempt):
        return sign_in.verify(account, form.own_password.data or ""), attempt


def _renew(code: EnteredCode, proven: tuple[VerifiedPassword | None, Attempt]) -> str:
    proof, attempt = proven
    actor, browser, secret = identity.current_actor(), identity.browser(), identity.secret()
    token = sign_in.reauthenticate(db.session, proof, code, browser, actor=actor, secret=secret)
    throttling.give_back(attempt)
    device_cookie.remember(actor.id or 0)
    return token
