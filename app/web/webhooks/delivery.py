"""The page of a delivery: the message, the answer, and the form that sends it again."""

import json

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import webhooks
from app.domain.errors import NotFound
from app.extensions import db
from app.web.forms import ReasonForm
from app.web.saving import saved
from app.web.webhooks.blueprint import blueprint, changing


@blueprint.route("/<id:webhook_id>/delivery/<id:delivery_id>", methods=["GET", "POST"])
@changing
def delivery(webhook_id: int, delivery_id: int) -> ResponseReturnValue:
    """Show a message and the last answer; send it again."""
    form = ReasonForm()
    message = webhooks.get_delivery(db.session, delivery_id)
    if message.webhook_id != webhook_id:
        raise NotFound("This delivery does not exist.")
    if saved(form, webhooks.again, delivery_id):
        flash("The message is sent by the next delivery.", "success")
        return redirect(url_for(".delivery", webhook_id=webhook_id, delivery_id=delivery_id), 303)
    message = webhooks.get_delivery(db.session, delivery_id)
    page = render_template(
        "webhooks/delivery.html",
        form=form,
        webhook=webhooks.get(db.session, webhook_id),
        message=message,
        body=json.dumps(json.loads(message.payload), indent=2, ensure_ascii=False),
    )
    return page, form.status
