"""The button that tries a webhook: a message that tells of nothing."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.domain import webhooks
from app.web.forms import EmptyForm
from app.web.saving import saved
from app.web.webhooks.blueprint import blueprint, changing


@blueprint.route("/<id:webhook_id>/test", methods=["GET", "POST"])
@changing
def test(webhook_id: int) -> ResponseReturnValue:
    """Put a test message into the outbox."""
    form = EmptyForm()
    if saved(form, webhooks.send_test, webhook_id):
        flash("The test message is sent by the next delivery.", "success")
    elif form.is_sent:
        flash(form.refusal or "Nothing was sent.", "warning")
    return redirect(url_for(".show", webhook_id=webhook_id), 303)
