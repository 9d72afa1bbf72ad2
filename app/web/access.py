"""Access to views: each view declares it, and the guard checks it before the view runs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, flash, g, redirect, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from app import unit_of_work
from app.domain.permissions import PermissionCode
from app.domain.target import Target
from app.extensions import db
from app.web import identity, ownership, readiness, session_cookie
from app.web.security import SAFE_METHODS

View = TypeVar("View", bound=Callable[..., Any])
ENDED = "Your session has ended. Sign in to go on."
ENDED_BEFORE_FORM = "Your session had ended, so nothing was changed. Sign in and try again."


@dataclass(frozen=True)
class Access:
    """The access that a view requires.

    Attributes:
        is_public: Nobody needs to be signed in, and nothing is looked up.
        read: The permission to look; None where being signed in is enough.
        change: The permissions of which one is needed to send a form, besides the one to look.
    """

    is_public: bool = False
    read: PermissionCode | None = None
    change: tuple[PermissionCode, ...] = ()

    def missing(self, me: identity.CurrentUser, method: str) -> PermissionCode | None:
        """Return the permission that the person lacks for the method, if there is one."""
        if self.read and not me.can(self.read):
            return self.read
        if method in SAFE_METHODS or any(me.can(code) for code in self.change):
            return None
        return next(iter(self.change), None)


class UndeclaredAccess(Exception):
    """A view does not say who may enter; the console does not start with it."""


class PermissionMissing(Forbidden):
    """The person lacks the permission ``code``."""

    def __init__(self, code: PermissionCode) -> None:
        super().__init__(sentence_without(code))
        self.needed = code


def requires(
    *, read: PermissionCode, change: PermissionCode | tuple[PermissionCode, ...] = ()
) -> Callable[[View], View]:
    """Declare the permission to look and, for a view with a form, the one to change.

    Where the form does several things, any of their permissions lets in; the domain asks for the
    one of the thing that is done.
    """
    needed = (change,) if isinstance(change, PermissionCode) else change
    return _declare(Access(read=read, change=needed))


def signed_in(view: View) -> View:
    """Declare that everybody who is signed in may enter."""
    return _declare(Access())(view)


def public(view: View) -> View:
    """Declare that everybody may enter."""
    return _declare(Access(is_public=True))(view)


def missing(code: PermissionCode) -> PermissionCode | None:
    """Return the permission if the person lacks it."""
    return None if g.me.can(code) else code


def sentence_without(code: PermissionCode) -> str:
    """Say that the person lacks the permission."""
    return f"You need the permission {code} for this. None of your roles grants it."


def register(app: Flask) -> None:
    """Put the guard before every view."""
    app.before_request(_guard)


def access_of(app: Flask, endpoint: str) -> Access | None:
    """Return what the endpoint's view declares."""
    if endpoint == "static":
        return Access(is_public=True)
    return getattr(app.view_functions[endpoint], "access", None)


def verify(app: Flask) -> None:
    """Refuse to start with a view that does not say who may enter.

    Raises:
        UndeclaredAccess: The sentence names the view.
    """
    for rule in app.url_map.iter_rules():
        declared = access_of(app, rule.endpoint)
        if declared is None:
            raise UndeclaredAccess(f"The view {rule.endpoint} does not declare its access.")
        takes_forms = bool((rule.methods or set()) - SAFE_METHODS)
        if takes_forms and declared.read and not declared.change:
            raise UndeclaredAccess(f"The view {rule.endpoint} takes forms but declares no change.")


def _declare(declared: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = declared  # type: ignore[attr-defined]
        return view

    return mark


def _guard() -> Response | None:
    if request.endpoint is None:
        return None
    declared = access_of(current_app, request.endpoint)
    if declared is None or declared.is_public:
        return None
    if not current_user.is_authenticated:
        readiness.demand()
        return _to_sign_in()
    if ownership.is_turned_over() and request.method not in SAFE_METHODS:
        raise CSRFError
    me: identity.CurrentUser = g.me
    readiness.demand_revision(me.identity.revision)
    missing = declared.missing(me, request.method)
    if missing is not None:
        _record_denial(missing)
        raise PermissionMissing(missing)
    _leave_read_transaction(me)
    return None


def _leave_read_transaction(me: identity.CurrentUser) -> None:
    identity.note_use(me.identity)
    if request.method not in SAFE_METHODS:
        db.session.rollback()


def _record_denial(missing: PermissionCode) -> None:
    target = Target("page", request.path)
    after = {"permission": missing.value, "method": request.method}
    unit_of_work.record("permission:denied", target, actor=identity.current_actor(), after=after)


def _to_sign_in() -> Response:
    # A form's own page is where to go on after signing in; what it sent is gone.
    path = request.full_path.rstrip("?") if request.method in SAFE_METHODS else request.path
    here = f"{request.script_root}{path}"
    target = None if here in {url_for("home.overview"), url_for("auth.logout")} else here
    response = session_cookie.delete(redirect(url_for("auth.login", next=target), 303))
    if session_cookie.token():
        ownership.leave(target)
        flash(ENDED if request.method in SAFE_METHODS else ENDED_BEFORE_FORM, "info")
    return response
