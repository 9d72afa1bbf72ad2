"""One's own account: who one is here, the password, the sessions, theme, keys and time zone."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from app import unit_of_work
from app.domain import access, sign_in, users
from app.domain.authentication import sessions
from app.domain.sign_in import PasswordChange
from app.extensions import db
from app.web import identity, redirects, zones
from app.web.access import signed_in
from app.web.account.forms import OFF, EndSessionForm, KeysForm, PasswordForm, ThemeForm, ZoneForm
from app.web.identity import client, current_actor, limits, secret
from app.web.saving import Page, saved_after, saved_with

KEYS = "keys"
A_YEAR = 31_536_000

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
@signed_in
def show() -> Page:
    """Show who one is, what one may do, and where one is signed in."""
    return _show(EndSessionForm())


@blueprint.route("/password", methods=["GET", "POST"])
@signed_in
def password() -> Page:
    """Change one's own password; every other session ends."""
    form = PasswordForm()
    old, new = form.current.data or "", form.password.data or ""
    if saved_after(form, lambda: _compared(old, new), _change_password):
        flash("Your password is changed, and your other sessions have ended.", "success")
        return identity.remember(redirect(url_for(".show"), 303), form.result)
    return render_template("account/password.html", form=form), form.status


@blueprint.route("/sessions", methods=["GET", "POST"])
@signed_in
def end_session() -> Page:
    """End one of one's own sessions; the page itself is part of the account's."""
    form = EndSessionForm()
    ended = form.session.data or 0
    if saved_with(form, lambda: sessions.end_own(db.session, ended, actor=current_actor())):
        flash("The session has ended.", "success")
        return redirect(url_for(".show"), 303)
    return _show(form)


@blueprint.route("/theme", methods=["GET", "POST"])
@signed_in
def theme() -> Page:
    """Choose how the console looks in this browser."""
    form = ThemeForm(theme=request.cookies.get("theme", "system"))
    if not saved_with(form, lambda: form.theme.data):
        return render_template("account/theme.html", form=form), form.status
    response = redirect(redirects.safe(form.next.data), 303)
    return identity.keep(response, "theme", form.theme.data, max_age=A_YEAR)


@blueprint.route("/keys", methods=["GET", "POST"])
@signed_in
def keys() -> Page:
    """Choose whether single keys do something in this browser."""
    form = KeysForm()
    if not saved_with(form, lambda: form.keys.data):
        return render_template("account/keys.html", form=form), form.status
    flash(f"Single keys are switched {form.keys.data}.", "success")
    response = redirect(redirects.safe(form.next.data), 303)
    return identity.keep(response, KEYS, form.keys.data, max_age=A_YEAR)


@blueprint.app_template_global()
def has_keys() -> bool:
    """Tell whether the keys "/" and "?" do something in this browser."""
    return request.cookies.get(KEYS) != OFF


@blueprint.route("/zone", methods=["GET", "POST"])
@signed_in
def zone() -> Page:
    """Choose the time zone in which this browser shows moments."""
    form = ZoneForm(zone=zones.current().key, next=request.args.get("next"))
    if not saved_with(form, lambda: form.zone.data):
        return render_template("account/zone.html", form=form), form.status
    flash(f"Times are shown in {form.zone.data}.", "success")
    response = redirect(redirects.safe(form.next.data), 303)
    return identity.keep(response, zones.COOKIE, form.zone.data, max_age=A_YEAR)


def _show(form: EndSessionForm) -> Page:
    user = users.get(db.session, g.me.id)
    page = render_template(
        "account/show.html",
        form=form,
        user=user,
        roles=user.roles,
        permissions=_granted(user.id),
        sessions=sessions.of_user(db.session, user.id, limits(), current=g.me.session_id),
    )
    return page, form.status


def _granted(user_id: int) -> list[access.EffectivePermission]:
    every = access.permissions_of(db.session, user_id)
    return [permission for permission in every if permission.roles]


def _compared(old: str, new: str) -> PasswordChange:
    own = unit_of_work.read(lambda: sign_in.own_account(db.session, current_actor()))
    return sign_in.verify_change(own, old, new)


def _change_password(change: PasswordChange) -> str:
    return sign_in.change_password(
        db.session, change, client(), actor=current_actor(), secret=secret()
    )
