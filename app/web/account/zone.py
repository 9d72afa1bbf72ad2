"""The page to choose the time zone of this browser."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectField

from app.web import zones
from app.web.access import signed_in
from app.web.account.blueprint import blueprint, keep_choice
from app.web.forms import Form
from app.web.saving import accepted


class ZoneForm(Form):
    """The time zone in which times are shown; ``next`` is the page to come back to."""

    zone = SelectField("Time zone", choices=zones.by_region)
    next = HiddenField()


@blueprint.route("/zone", methods=["GET", "POST"])
@signed_in
def zone() -> ResponseReturnValue:
    """Choose the time zone in which this browser shows times."""
    form = ZoneForm(zone=zones.current().key, next=request.args.get("next"))
    if accepted(form):
        flash(f"Times are shown in {form.zone.data}.", "success")
        return keep_choice(zones.COOKIE, form.zone.data, form.next.data)
    return render_template("account/zone.html", form=form), form.status


@blueprint.app_template_global()
def zone_name() -> str:
    """Return the name of the zone in which this browser shows times."""
    return zones.current().key
