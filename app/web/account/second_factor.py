"""The page of one's own second factor: set up by the code of an authenticator app."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, StringField

from app.domain import sign_in
from app.extensions import db
from app.web.access import before_second_factor, sensitive, signed_in
from app.web.account.blueprint import blueprint
from app.web.forms import Form
from app.web.saving import saved
from app.web.session import identity, second_step


class SecondFactorForm(Form):
    """The first code of an app; or the button that makes a key for it."""

    code = StringField("Code")
    begin = BooleanField()

    @property
    def edit(self) -> object:
        """The secret keys that the app's key is encrypted by; or the code to check with them."""
        return identity.secrets() if self.begin.data else second_step.entered(self.code.data)


@blueprint.route("/second-factor", methods=["GET", "POST"])
@before_second_factor
@sensitive
@signed_in
def second_factor() -> ResponseReturnValue:
    """Show the person's second factor, and set one up."""
    form = SecondFactorForm()
    change = sign_in.begin_factor if form.begin.data else sign_in.confirm_factor
    if saved(form, change):
        if form.begin.data:
            return redirect(url_for(".second_factor"), 303)
        return render_template("account/_new_codes.html", codes=form.result), 201
    actor = identity.current_actor()
    factor = sign_in.own_factor(db.session, identity.secrets(), actor=actor)
    return render_template("account/second_factor.html", form=form, factor=factor), form.status
