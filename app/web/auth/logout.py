"""The page to sign out."""

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.authentication import sessions
from app.web.access import before_second_factor, signed_in
from app.web.auth.blueprint import blueprint
from app.web.forms import Form
from app.web.saving import saved
from app.web.session import session_cookie


class SignOutForm(Form):
    """A form with nothing but its button."""

    @property
    def edit(self) -> int:
        """The id of the session to end: the one of this browser."""
        session_id: int = g.me.session_id
        return session_id


@blueprint.route("/logout", methods=["GET", "POST"])
@before_second_factor
@signed_in
def logout() -> ResponseReturnValue:
    """Ask, then sign out."""
    form = SignOutForm()
    if saved(form, sessions.end):
        response = session_cookie.delete(redirect(url_for(".login"), 303))
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
    return render_template("auth/logout.html", form=form), form.status
