"""The page to remove one's own second factor."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import sign_in
from app.web.access import sensitive, signed_in
from app.web.account.blueprint import blueprint
from app.web.forms import EmptyForm
from app.web.saving import saved


@blueprint.route("/remove-second-factor", methods=["GET", "POST"])
@sensitive
@signed_in
def remove_second_factor() -> ResponseReturnValue:
    """Ask, then remove the second factor; every other session ends."""
    form = EmptyForm()
    if saved(form, sign_in.remove_factor):
        flash("Your second factor was removed, and your other sessions have ended.", "success")
        return redirect(url_for(".second_factor"), 303)
    return render_template("account/remove_second_factor.html", form=form), form.status
