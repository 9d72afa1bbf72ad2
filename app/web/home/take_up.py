"""The page that shows a finding again that was put aside."""

from functools import partial

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import overview
from app.domain.overview import PutAside
from app.web.access import requires
from app.web.home import attention
from app.web.home.blueprint import blueprint
from app.web.home.put_aside import CHANGE, FindingForm
from app.web.saving import saved


@blueprint.route("/attention/<name:topic>/take-up", methods=["GET", "POST"])
@requires(change=CHANGE)
def take_up(topic: str) -> ResponseReturnValue:
    """Show a finding again that was put aside."""
    aside = _put_aside(topic)
    form = FindingForm()
    if saved(form, partial(overview.take_up, finding=aside.finding)):
        flash("The finding is shown again.", "success")
        return redirect(url_for(".overview"), 303)
    page = render_template("home/take_up.html", form=form, aside=aside, topic=topic)
    return page, form.status


def _put_aside(topic: str) -> PutAside:
    found = [one for one in attention.current().put_aside if one.finding.topic == topic]
    return found[0] if found else abort(404)
