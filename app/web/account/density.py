"""The page to choose the density of lists in this browser."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField
from wtforms.fields import SelectChoice

from app import config
from app.web.access import signed_in
from app.web.account.blueprint import blueprint, keep_choice
from app.web.forms import Form
from app.web.saving import accepted

COOKIE = "density"
COMPACT, COMFORTABLE = "compact", "comfortable"


class DensityForm(Form):
    """Compact or comfortable rows; ``next`` is the page to come back to."""

    density = RadioField(
        "Density of lists",
        choices=[SelectChoice(COMFORTABLE, "Comfortable"), SelectChoice(COMPACT, "Compact")],
    )
    next = HiddenField()


@blueprint.route("/density", methods=["GET", "POST"])
@signed_in
def density() -> ResponseReturnValue:
    """Choose the density of lists in this browser."""
    form = DensityForm(next=request.args.get("next"))
    if accepted(form):
        return keep_choice(COOKIE, form.density.data, form.next.data)
    return render_template("account/density.html", form=form), form.status


@blueprint.app_template_global()
def is_compact() -> bool:
    """Tell whether lists are compact in this browser."""
    return request.cookies.get(config.current().cookie(COOKIE)) == COMPACT
