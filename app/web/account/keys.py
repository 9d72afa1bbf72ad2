"""The page to switch single-key shortcuts on or off in this browser."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField
from wtforms.fields import SelectChoice

from app import config
from app.web.access import signed_in
from app.web.account.blueprint import blueprint, keep_choice
from app.web.forms import Form
from app.web.saving import accepted

COOKIE = "keys"
ON, OFF = "on", "off"


class KeysForm(Form):
    """Single-key shortcuts on or off (WCAG 2.2, 2.1.4); ``next`` is the page to come back to."""

    keys = RadioField(
        "Single-key shortcuts", choices=[SelectChoice(ON, "On"), SelectChoice(OFF, "Off")]
    )
    next = HiddenField()


@blueprint.route("/keys", methods=["GET", "POST"])
@signed_in
def keys() -> ResponseReturnValue:
    """Switch single-key shortcuts on or off in this browser."""
    form = KeysForm()
    if accepted(form):
        flash(f"Single-key shortcuts are {form.keys.data}.", "success")
        return keep_choice(COOKIE, form.keys.data, form.next.data)
    return render_template("account/keys.html", form=form), form.status


@blueprint.app_template_global()
def has_keys() -> bool:
    """Tell whether single-key shortcuts are on in this browser."""
    return request.cookies.get(config.current().cookie(COOKIE)) != OFF
