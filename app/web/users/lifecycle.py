"""What becomes of an account: edited, let in or kept out, deleted; its password and sessions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, render_template, url_for

from app.domain import access, users
from app.domain.authentication import sessions
from app.domain.permissions import PermissionCode
from app.domain.users import Profile, ProfileChangedMeanwhile
from app.extensions import db
from app.models import User
from app.web import links
from app.web.access import requires
from app.web.identity import current_actor, limits
from app.web.saving import Page, saved_with
from app.web.users.forms import DeleteForm, EndSessionForm, ProfileForm, ReasonForm
from app.web.users.section import blueprint, lock_of

FIELDS = {
    "username": "User name",
    "email": "Email",
    "full_name": "Full name",
    "bio": "About",
    "is_verified": "Email address verified",
}
YOURSELF = "This is your own account: you are signed out at once, and cannot take it back yourself."


@dataclass(frozen=True)
class Question:
    """What is asked before something is done to a user that a button is enough for.

    Attributes:
        title: What would be done.
        button: The same, on the button.
        consequences: What follows from it, in sentences.
        lock: Why it cannot be done, where it cannot.
        takes_away: Whether the user can do less afterwards.
    """

    title: str
    button: str
    consequences: tuple[str, ...]
    lock: str | None
    takes_away: bool = False


@blueprint.route("/<id:user_id>/edit", methods=["GET", "POST"])
@requires(read=PermissionCode.USER_READ, change=PermissionCode.USER_UPDATE)
def edit(user_id: int) -> Page:
    """Change what a user is called and where they are reached."""
    form = ProfileForm()
    change = lambda: users.change(  # noqa: E731 - one domain call
        db.session, user_id, form.edit, actor=current_actor()
    )
    if saved_with(form, change):
        flash("Saved the profile." if form.result else "Nothing was changed.", "success")
        return redirect(url_for(".show", user_id=user_id), 303)
    user = users.get(db.session, user_id)
    conflicts = _conflicts(form)
    if conflicts or not form.is_sent:
        form.start_from(users.profile_of(user), users.profile_etag(user))
    lock = lock_of(user, PermissionCode.USER_UPDATE)
    page = render_template("users/edit.html", form=form, user=user, lock=lock, conflicts=conflicts)
    return page, form.status


@blueprint.route("/<id:user_id>/activate", methods=["GET", "POST"])
@requires(read=PermissionCode.USER_READ, change=PermissionCode.USER_UPDATE)
def activate(user_id: int) -> Page:
    """Ask, and let a user sign in again."""
    return _answered(user_id, users.activate, _to_activate, "{} is active.")


@blueprint.route("/<id:user_id>/deactivate", methods=["GET", "POST"])
@requires(read=PermissionCode.USER_READ, change=PermissionCode.USER_UPDATE)
def deactivate(user_id: int) -> Page:
    """Ask, and keep a user from signing in."""
    return _answered(user_id, users.deactivate, _to_deactivate, "{} is not active any more.")


@blueprint.route("/<id:user_id>/reset", methods=["GET", "POST"])
@requires(read=PermissionCode.USER_READ, change=PermissionCode.USER_UPDATE)
def reset(user_id: int) -> Page:
    """Ask, and start a password reset; ends with the one-time link to hand over."""
    form = ReasonForm()
    change = lambda: users.start_reset(  # noqa: E731 - one domain call
        db.session, user_id, form.reason.data or "", actor=current_actor()
    )
    if saved_with(form, change):
        user, token = form.result
        return render_template("users/reset.html", user=user, link=links.reset(token)), 201
    return _asked(form, user_id, _to_reset)


@blueprint.route("/<id:user_id>/delete", methods=["GET", "POST"])
@requires(read=PermissionCode.USER_READ, change=PermissionCode.USER_DELETE)
def delete(user_id: int) -> Page:
    """Say what is lost, ask for the user name, and delete the account."""
    form = DeleteForm()
    typed, reason = form.username.data or "", form.reason.data or ""
    change = lambda: users.delete(  # noqa: E731 - one domain call
        db.session, user_id, typed, reason, actor=current_actor()
    )
    if saved_with(form, change):
        flash(f"Deleted {form.result.name}.", "success")
        return redirect(url_for(".index"), 303)
    user = users.get(db.session, user_id)
    page = render_template(
        "users/delete.html",
        form=form,
        user=user,
        role_names=[role.name for role in user.roles],
        session_count=len(sessions.of_user(db.session, user_id, limits())),
        lock=lock_of(user, PermissionCode.USER_DELETE) or _last(user),
    )
    return page, form.status


@blueprint.route("/<id:user_id>/sessions", methods=["GET", "POST"])
@requires(read=PermissionCode.USER_UPDATE, change=PermissionCode.USER_UPDATE)
def end_sessions(user_id: int) -> Page:
    """Show where a user is signed in, and end one of their sessions or all."""
    form = EndSessionForm()
    if saved_with(form, lambda: _end(user_id, form.session_id)):
        flash(
            "The session has ended." if form.session_id else "All sessions have ended.", "success"
        )
        return redirect(url_for(".end_sessions", user_id=user_id), 303)
    user = users.get(db.session, user_id)
    page = render_template(
        "users/sessions.html",
        form=form,
        user=user,
        sessions=sessions.of_user(db.session, user_id, limits(), current=g.me.session_id),
        lock=lock_of(user, PermissionCode.USER_UPDATE),
        can_read=g.me.can(PermissionCode.USER_READ),
    )
    return page, form.status


def _end(user_id: int, session_id: int | None) -> User:
    if session_id is None:
        return users.end_sessions(db.session, user_id, actor=current_actor())
    return users.end_session(db.session, user_id, session_id, actor=current_actor())


def _answered(
    user_id: int, change: Callable[..., User], question: Callable[[User], Question], done: str
) -> Page:
    form = ReasonForm()
    reason = form.reason.data or ""
    if saved_with(form, lambda: change(db.session, user_id, reason, actor=current_actor())):
        flash(done.format(form.result.username), "success")
        return redirect(url_for(".show", user_id=user_id), 303)
    return _asked(form, user_id, question)


def _asked(form: ReasonForm, user_id: int, question: Callable[[User], Question]) -> Page:
    user = users.get(db.session, user_id)
    asked = question(user)
    return render_template("users/confirm.html", form=form, user=user, question=asked), form.status


def _to_activate(user: User) -> Question:
    lock = f"{user.username} is active already." if user.is_active else None
    password = (
        "They sign in with the password that they had."
        if user.has_password
        else "They have no password yet: start a password reset as well."
    )
    names = ", ".join(role.name for role in user.roles)
    return Question(
        title="Activate",
        button="Activate the account",
        consequences=(
            "They can sign in to this console again, as far as their roles let them.",
            f"They hold {names}." if names else "They hold no role.",
            password,
        ),
        lock=lock_of(user, PermissionCode.USER_UPDATE) or lock,
    )


def _to_deactivate(user: User) -> Question:
    lock = None if user.is_active else f"{user.username} is not active."
    return Question(
        title="Deactivate",
        button="Deactivate the account",
        consequences=(
            "They cannot sign in to this console any more, and all of their sessions in it end.",
            "Their roles stay as they are, and the account can be activated again.",
            *([YOURSELF] if user.id == g.me.id else []),
        ),
        lock=lock_of(user, PermissionCode.USER_UPDATE) or lock or _last(user),
        takes_away=True,
    )


def _to_reset(user: User) -> Question:
    return Question(
        title="Reset the password of",
        button="Start the reset",
        consequences=(
            "You get a one-time link to hand over. It works once, and for 60 minutes.",
            "Earlier links for this account stop working.",
            "The password stays as it is until they choose a new one; their sessions end then.",
            *([] if user.is_active else ["The account is not active: it has to be activated too."]),
        ),
        lock=lock_of(user, PermissionCode.USER_UPDATE),
    )


def _last(user: User) -> str | None:
    return access.last(user) if access.is_last_administrator(db.session, user) else None


def _conflicts(form: ProfileForm) -> list[tuple[str, Any, Any, Any]]:
    """Each field that is not the same in all three: where it started, theirs, yours."""
    if not isinstance(form.rule_error, ProfileChangedMeanwhile):
        return []
    three: tuple[Profile, ...] = (form.seen, form.rule_error.theirs, form.typed)
    values = {name: tuple(getattr(one, name) for one in three) for name in FIELDS}
    return [(FIELDS[name], *found) for name, found in values.items() if len(set(found)) > 1]
