"""The page that replaces the key of a webhook."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.domain import webhooks
from app.extensions import db
from app.web.access import sensitive
from app.web.forms import ReasonForm
from app.web.saving import saved
from app.web.webhooks.blueprint import blueprint, changing


@blueprint.route("/<id:webhook_id>/key", methods=["GET", "POST"])
@sensitive
@changing
def key(webhook_id: int) -> ResponseReturnValue:
    """Replace the key, and show the new one once."""
    form = ReasonForm()
    if saved(form, webhooks.rotate, webhook_id):
        webhook, new_key = form.result
        return render_template("webhooks/_new_key.html", webhook=webhook, key=new_key), 201
    webhook = webhooks.get(db.session, webhook_id)
    return render_template("webhooks/key.html", form=form, webhook=webhook), form.status
