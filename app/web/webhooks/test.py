"""The page that tries a webhook: a message that tells of nothing."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import webhooks
from app.extensions import db
from app.web.forms import ReasonForm
from app.web.saving import saved
from app.web.webhooks.blueprint import blueprint, changing


@blueprint.route("/<id:webhook_id>/test", methods=["GET", "POST"])
@changing
def test(webhook_id: int) -> ResponseReturnValue:
    """Put a test message into the outbox."""
    form = ReasonForm()
    if saved(form, webhooks.send_test, webhook_id):
        flash("The test message is sent by the next delivery.", "success")
        return redirect(url_for(".show", webhook_id=webhook_id), 303)
    webhook = webhooks.get(db.session, webhook_id)
    return render_template("webhooks/test.html", form=form, webhook=webhook), form.status
