"""Access to views: each view declares it, and the guard checks it before the view runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from flask import Flask, g
from werkzeug.exceptions import Forbidden

from app.domain.permissions import PermissionCode
from app.web.security import SAFE_METHODS
from app.web.session import identity

# Its views are held to tokens, and declare their permissions themselves.
API = "api."
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """The access that a view requires.

    Attributes:
        is_public: Nobody needs to be signed in, and nothing is looked up.
        read: The permission to look; None where being signed in is enough.
        change: The permissions of which one is needed to send a form, besides the one to look.
        is_sensitive: Sending a form takes a recent authentication.
        condition: Tells of the arguments of the view whether it is sensitive; None for always.
        is_first: It is open to who has to set up a second factor first.
    """

    is_public: bool = False
    read: PermissionCode | None = None
    change: tuple[PermissionCode, ...] = ()
    is_sensitive: bool = False
    condition: Callable[..., bool] | None = None
    is_first: bool = False

    def missing(self, me: identity.CurrentUser, method: str) -> PermissionCode | None:
        """Return the permission that the person lacks for the method, if there is one."""
        if self.read and not me.can(self.read):
            return self.read
        if method in SAFE_METHODS or any(me.can(code) for code in self.change):
            return None
        return next(iter(self.change), None)

    def is_sensitive_for(self, arguments: Mapping[str, Any], *, is_recent: bool) -> bool:
        """Tell whether sending the form takes a recent authentication, with these arguments."""
        if self.condition is None or not self.is_sensitive:
            return self.is_sensitive
        # It costs a statement, and whoever has just authenticated meets it anyway.
        return not is_recent and self.condition(**arguments)


class UndeclaredAccess(Exception):
    """A view does not say who may enter; the console does not start with it."""


class PermissionMissing(Forbidden):
    """The person lacks the permission ``code``."""

    def __init__(self, code: PermissionCode) -> None:
        super().__init__(sentence_without(code))
        self.needed = code


class SecondFactorFirst(Forbidden):
    """The person has sent a form, and has to set up a second factor before."""


def requires(
    *, read: PermissionCode | None = None, change: PermissionCode | tuple[PermissionCode, ...] = ()
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


def sensitive(view: View) -> View:
    """Declare, on top of who may enter, that sending a form takes a recent authentication.

    It is for what gives access or takes it away, for passwords and for secrets.
    """
    declared: Access = vars(view)["access"]
    return _declare(replace(declared, is_sensitive=True))(view)


def sensitive_if(condition: Callable[..., bool]) -> Callable[[View], View]:
    """Declare what `sensitive` does, for those arguments of the view that a condition holds for."""

    def declare(view: View) -> View:
        declared: Access = vars(view)["access"]
        return _declare(replace(declared, is_sensitive=True, condition=condition))(view)

    return declare


def before_second_factor(view: View) -> View:
    """Declare, on top of who may enter, that who lacks a second factor may enter too."""
    declared: Access = vars(view)["access"]
    return _declare(replace(declared, is_first=True))(view)


def missing(code: PermissionCode) -> PermissionCode | None:
    """Return the permission if the person lacks it."""
    return None if g.me.can(code) else code


def sentence_without(code: PermissionCode) -> str:
    """Say that the person lacks the permission."""
    return f"You need the permission {code} for this. None of your roles grants it."


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
        if declared is None and not rule.endpoint.startswith(API):
            raise UndeclaredAccess(f"The view {rule.endpoint} does not declare its access.")
        takes_forms = bool((rule.methods or set()) - SAFE_METHODS)
        if declared and takes_forms and declared.read and not declared.change:
            raise UndeclaredAccess(f"The view {rule.endpoint} takes forms but declares no change.")


def _declare(declared: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = declared  # type: ignore[attr-defined]
        return view

    return mark
