"""The page to create the first administrator, opened by a one-time link."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, StringField

from app import config, unit_of_work
from app.domain import sign_in
from app.domain.authentication.one_time_links import InvalidLink
from app.domain.sign_in import AlreadySetUp, Registration
from app.domain.users import NewUser
from app.extensions import db
from app.web import readiness
from app.web.access import public
from app.web.auth.blueprint import blueprint, enter, link_gone
from app.web.forms import GOOD_PASSWORDS, AddressField, Form
from app.web.saving import saved_after
from app.web.session import device_cookie, identity


class SetUpForm(Form):
    """The name, the email address and the password of the first administrator."""

    username = StringField("User name")
    email = AddressField("Email")
    password = PasswordField("Password", description=GOOD_PASSWORDS)

    @property
    def edit(self) -> NewUser:
        """The new user, as the domain takes it, without the password."""
        domains = config.current().email_domains
        return NewUser(self.username.data or "", self.email.data or "", email_domains=domains)


@blueprint.route("/setup/<name:token>", methods=["GET", "POST"])
@public
def setup(token: str) -> ResponseReturnValue:
    """Create the first administrator and sign them in."""
    readiness.demand()
    try:
        # Before the form: only the owner of the link may make the server hash a password.
        unit_of_work.read(lambda: sign_in.check_setup_link(db.session, token))
    except (AlreadySetUp, InvalidLink):
        return link_gone("setup")
    form = SetUpForm()
    if saved_after(form, lambda: _registration(form), lambda first: _set_up(token, first)):
        return _entered(form.result)
    if isinstance(form.rule_error, AlreadySetUp | InvalidLink):
        return link_gone("setup")
    return render_template("auth/setup.html", form=form), form.status


def _entered(session_token: str) -> ResponseReturnValue:
    answer = enter(session_token, url_for("home.overview"))
    if me := identity.load(session_token):
        device_cookie.remember(me.id)
    return answer


def _registration(form: SetUpForm) -> Registration:
    return sign_in.registration(form.edit, form.password.data or "", identity.password_scheme())


def _set_up(token: str, first: Registration) -> str:
    actor, browser, secret = identity.current_actor(), identity.browser(), identity.secret()
    session_token = sign_in.set_up(db.session, token, first, browser, actor=actor, secret=secret)
    identity.end_previous_session()
    return session_token
