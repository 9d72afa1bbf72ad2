"""The page that adds a webhook, and shows the key of its signatures once."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.domain import webhooks
from app.domain.webhooks import SUBJECTS
from app.web.access import sensitive
from app.web.saving import saved
from app.web.webhooks.blueprint import blueprint, changing
from app.web.webhooks.form import WebhookForm


@blueprint.route("/new", methods=["GET", "POST"])
@sensitive
@changing
def new() -> ResponseReturnValue:
    """Add a webhook."""
    form = WebhookForm()
    if not form.is_sent:
        form.start_from(None)
    if saved(form, webhooks.create):
        webhook, key = form.result
        return render_template("webhooks/_new_key.html", webhook=webhook, key=key), 201
    return render_template("webhooks/new.html", form=form, subjects=SUBJECTS), form.status
