"""The guard before every view: who is signed in, what they may do, and what was entered before."""

from typing import NoReturn

from flask import Flask, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from app import unit_of_work
from app.domain.authentication import sessions
from app.domain.permissions import PermissionCode
from app.domain.target import Target
from app.extensions import db
from app.web import kept_input, readiness
from app.web.access import Access, PermissionMissing, SecondFactorFirst, access_of
from app.web.security import SAFE_METHODS
from app.web.session import identity, ownership, reauthentication, session_cookie, signing_in

ENDED = "Your session has ended. Sign in to go on."
ENDED_BEFORE_FORM = "Your session had ended, so nothing was changed. Sign in and try again."
FACTOR_FIRST = "Nothing was saved: your permissions require a second factor first."


def register(app: Flask) -> None:
    """Put the guard before every view."""
    app.before_request(_guard)


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None
    declared = access_of(current_app, request.endpoint)
    if declared is None:
        return None
    # Signing in may give the browser to another person.
    previous = ownership.person() if kept_input.is_kept() else None
    answer = None if declared.is_public else _admit(declared)
    if answer is None and kept_input.is_kept():
        kept_input.resume(previous)
    return answer


def _admit(declared: Access) -> ResponseReturnValue | None:
    """Let the person go on to the view; return the page that asks them to sign in first."""
    if not current_user.is_authenticated:
        readiness.demand()
        answer = _ask_to_sign_in(declared)
        if answer is not None:
            return answer
    elif ownership.is_turned_over() and request.method not in SAFE_METHODS:
        raise CSRFError
    me: identity.CurrentUser = g.me
    readiness.demand_revision(me.identity.revision)
    missing = declared.missing(me, request.method)
    if missing is not None:
        deny(missing)
    is_form = request.method not in SAFE_METHODS
    if me.lacks_second_factor and not declared.is_first:
        return _to_second_factor(is_form=is_form)
    arguments = request.view_args or {}
    is_sensitive = is_form and declared.is_sensitive_for(arguments, is_recent=me.is_recent)
    answer = _note_use(me, is_sensitive=is_sensitive)
    if is_form:
        # The change begins a transaction of its own.
        db.session.rollback()
    return answer


def _to_second_factor(*, is_form: bool) -> Response:
    if is_form and kept_input.of_request().fields:
        raise SecondFactorFirst
    if is_form:
        flash(FACTOR_FIRST, "warning")
    return redirect(url_for("account.second_factor"), 303)


def _note_use(me: identity.CurrentUser, *, is_sensitive: bool) -> Response | None:
    """Note the use of the session; return the page that asks who uses it, where that is due."""
    if not is_sensitive:
        identity.note_use(me.identity)
        return None
    if me.is_recent:
        identity.note_use(me.identity, sessions.AUTHENTICATED)
        return None
    # Kept input that comes without a password is shown again, and changes nothing.
    return None if reauthentication.is_shown_only() else reauthentication.at_form()


def deny(missing: PermissionCode) -> NoReturn:
    """Record that the person lacks a permission, and end the request with 403.

    Raises:
        PermissionMissing: Always.
    """
    target = Target("page", request.path)
    after = {"permission": missing.value, "method": request.method}
    unit_of_work.record("permission:denied", target, actor=identity.current_actor(), after=after)
    if kept_input.is_kept():
        flash(kept_input.NOT_SHOWN, "warning")
    raise PermissionMissing(missing)


def _ask_to_sign_in(declared: Access) -> ResponseReturnValue | None:
    is_form = request.method not in SAFE_METHODS and declared.change
    if is_form and kept_input.of_request().fields:
        return signing_in.at_form()
    return _to_sign_in()


def _to_sign_in() -> Response:
    # A form's own page is where to go on after signing in.
    path = request.full_path.rstrip("?") if request.method in SAFE_METHODS else request.path
    here = f"{request.script_root}{path}"
    target = None if here in {url_for("home.overview"), url_for("auth.logout")} else here
    response = session_cookie.delete(redirect(url_for("auth.login", next=target), 303))
    if session_cookie.token():
        ownership.leave(target)
        flash(ENDED if request.method in SAFE_METHODS else ENDED_BEFORE_FORM, "info")
    return response
