"""The blueprint of sign-in, and the responses that its pages share."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.domain.sign_in import HalfSignedIn
from app.web.session import identity, ownership, second_step, session_cookie

blueprint = Blueprint("auth", __name__)


def enter(token: str, target: str) -> Response:
    """Redirect to a page with the cookie of the session that has just begun."""
    previous = ownership.person()
    ownership.forget()
    if ownership.was_left(target):
        # Nobody is led to the page that another person was on.
        me = identity.load(token)
        target = target if me and me.id == previous else url_for("home.overview")
    return session_cookie.store(redirect(target, 303), token)


def go_on(result: str | HalfSignedIn, target: str) -> Response:
    """Redirect to a page with the session that has begun, or to the page for the code first."""
    if not isinstance(result, HalfSignedIn):
        return enter(result, target)
    page = redirect(url_for("auth.second_factor", next=target), 303)
    return second_step.begin(page, result)


def link_gone(purpose: str) -> ResponseReturnValue:
    """Return the page for a one-time link that cannot be used; it tells how to get a new one."""
    return render_template("auth/_link_gone.html", purpose=purpose), 404
