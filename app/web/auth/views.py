"""Pages of people who have not signed in, and the way out."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app import unit_of_work
from app.domain import sign_in as signing_in
from app.domain.authentication import sessions
from app.domain.authentication.one_time_links import LinkIsGone
from app.domain.errors import NotFound
from app.domain.sign_in import AlreadySetUp, Registration, VerifiedPassword
from app.extensions import db
from app.models import User
from app.web import identity, readiness, redirects
from app.web.access import public, signed_in
from app.web.auth.forms import ChoosePasswordForm, SetUpForm, SignInForm, SignOutForm
from app.web.identity import client, current_actor, secret
from app.web.saving import Page, saved_after, saved_with

blueprint = Blueprint("auth", __name__)


@blueprint.route("/login", methods=["GET", "POST"])
@public
def sign_in() -> Page:
    """Sign in."""
    readiness.demand()
    target = redirects.safe(request.values.get("next"))
    form = SignInForm(next=request.args.get("next", ""))
    if form.is_sent:
        proof = _proof(form.username.data or "", form.password.data or "")
        if saved_with(form, lambda: _sign_in(proof)):
            return _enter(form.result, target)
    elif current_user.is_authenticated:
        return redirect(target, 303)
    return render_template("auth/sign_in.html", form=form), form.status


@blueprint.route("/logout", methods=["GET", "POST"])
@signed_in
def sign_out() -> Page:
    """Ask, then sign out."""
    form = SignOutForm()
    session_id = g.me.session_id
    if saved_with(form, lambda: sessions.end(db.session, session_id)):
        response = identity.forget(redirect(url_for(".sign_in"), 303))
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
    return render_template("auth/sign_out.html", form=form), form.status


@blueprint.route("/setup/<token>", methods=["GET", "POST"])
@public
def set_up(token: str) -> Page:
    """Become the first administrator."""
    readiness.demand()
    try:
        # Before the form: hashing a password is work that only the link's owner may ask for.
        unit_of_work.read(lambda: signing_in.check_setup_link(db.session, token))
    except (AlreadySetUp, LinkIsGone):
        return _link_gone("setup")
    form = SetUpForm()
    if saved_after(
        form,
        lambda: signing_in.registration(form.new, form.password.data or ""),
        lambda first: _set_up(token, first),
    ):
        return _enter(form.result, url_for("home.overview"))
    if isinstance(form.rule_error, AlreadySetUp | LinkIsGone):
        return _link_gone("setup")
    return render_template("auth/set_up.html", form=form), form.status


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@public
def choose_password(token: str) -> Page:
    """Choose a password with a link that an administrator has handed over."""
    readiness.demand()
    try:
        owner = unit_of_work.read(lambda: signing_in.link_owner(db.session, token))
    except NotFound:
        return _link_gone("reset")
    form = ChoosePasswordForm()
    if saved_after(
        form,
        lambda: signing_in.new_hash(owner, form.password.data or ""),
        lambda new_hash: _choose(token, new_hash),
    ):
        flash("Your password is set. Sign in with it.", "success")
        return identity.forget(redirect(url_for(".sign_in"), 303))
    if isinstance(form.rule_error, NotFound):
        return _link_gone("reset")
    page = render_template("auth/choose_password.html", form=form, username=owner.username)
    return page, form.status


def _proof(name: str, password: str) -> VerifiedPassword | None:
    account = unit_of_work.read(lambda: signing_in.find_account(db.session, name))
    return signing_in.verify(account, password)


def _sign_in(proof: VerifiedPassword | None) -> str:
    token = signing_in.complete(db.session, proof, client(), actor=current_actor(), secret=secret())
    identity.leave()
    return token


def _choose(token: str, password_hash: str) -> User:
    return signing_in.choose_password(db.session, token, password_hash, actor=current_actor())


def _set_up(token: str, first: Registration) -> str:
    session_token = signing_in.set_up(
        db.session, token, first, client(), actor=current_actor(), secret=secret()
    )
    identity.leave()
    return session_token


def _enter(token: str, target: str) -> Response:
    return identity.remember(redirect(target, 303), token)


def _link_gone(purpose: str) -> Page:
    return render_template("auth/link_gone.html", purpose=purpose), 404
