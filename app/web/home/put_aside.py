"""The page that puts a finding aside."""

from functools import partial

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from app.domain import overview
from app.domain.confirmation import Confirmation
from app.domain.overview import Finding
from app.domain.permissions import PermissionCode
from app.web.access import requires
from app.web.forms import REASON, Form
from app.web.home import attention
from app.web.home.blueprint import blueprint
from app.web.saving import saved

CHANGE = (PermissionCode.SETTINGS_UPDATE, PermissionCode.USER_UPDATE)


class FindingForm(Form):
    """The reason for putting a finding aside, or for showing it again."""

    reason = StringField("Reason", description=REASON)

    @property
    def edit(self) -> Confirmation:
        """The reason, as the domain takes it."""
        return Confirmation(self.reason.data or "")


@blueprint.route("/attention/<name:topic>/put-aside", methods=["GET", "POST"])
@requires(change=CHANGE)
def put_aside(topic: str) -> ResponseReturnValue:
    """Put a warning of the overview aside for thirty days, with a reason."""
    finding = _warning(topic)
    form = FindingForm()
    if saved(form, partial(overview.put_aside, finding=finding)):
        flash("The finding was put aside for 30 days.", "success")
        return redirect(url_for(".overview"), 303)
    page = render_template("home/put_aside.html", form=form, finding=finding, topic=topic)
    return page, form.status


def _warning(topic: str) -> Finding:
    findings = [one for one in attention.current().warnings if one.topic == topic]
    return findings[0] if findings else abort(404)
