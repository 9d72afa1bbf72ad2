"""The page to choose the theme of this browser."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField
from wtforms.fields import SelectChoice

from app import config
from app.web.access import signed_in
from app.web.account.blueprint import blueprint, keep_choice
from app.web.forms import Form
from app.web.saving import accepted

COOKIE = "theme"


class ThemeForm(Form):
    """Light, dark, or the theme of the system; ``next`` is the page to come back to."""

    theme = RadioField(
        "Theme",
        choices=[
            SelectChoice("light", "Light"),
            SelectChoice("dark", "Dark"),
            SelectChoice("system", "System"),
        ],
    )
    next = HiddenField()


@blueprint.route("/theme", methods=["GET", "POST"])
@signed_in
def theme() -> ResponseReturnValue:
    """Choose the theme of the console in this browser."""
    form = ThemeForm(theme=request.cookies.get(config.current().cookie(COOKIE), "system"))
    if accepted(form):
        return keep_choice(COOKIE, form.theme.data, form.next.data)
    return render_template("account/theme.html", form=form), form.status
