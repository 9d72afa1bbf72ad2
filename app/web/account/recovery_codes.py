"""The page to replace one's own recovery codes."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.domain import sign_in
from app.web.access import sensitive, signed_in
from app.web.account.blueprint import blueprint
from app.web.forms import EmptyForm
from app.web.saving import saved


@blueprint.route("/recovery-codes", methods=["GET", "POST"])
@sensitive
@signed_in
def recovery_codes() -> ResponseReturnValue:
    """Ask, then replace the recovery codes; the new ones are shown once."""
    form = EmptyForm()
    if saved(form, sign_in.renew_recovery_codes):
        return render_template("account/_new_codes.html", codes=form.result), 201
    return render_template("account/recovery_codes.html", form=form), form.status
