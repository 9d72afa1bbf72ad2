"""The page of a webhook: its form, and the deliveries with their answers."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import webhooks
from app.domain.paging import Cursors
from app.domain.webhooks import SUBJECTS, WebhookChangedMeanwhile
from app.extensions import db
from app.web.access import sensitive
from app.web.saving import saved
from app.web.webhooks.blueprint import blueprint, changing
from app.web.webhooks.form import WebhookForm


@blueprint.route("/<id:webhook_id>", methods=["GET", "POST"])
@sensitive
@changing
def show(webhook_id: int) -> ResponseReturnValue:
    """Show a webhook with its deliveries, and save changes of it."""
    form = WebhookForm()
    if saved(form, webhooks.change, webhook_id):
        name = form.result.name if form.result else ""
        flash(*((f"Saved the webhook {name}.", "success") if name else ("No change.", "info")))
        return redirect(url_for(".show", webhook_id=webhook_id), 303)
    webhook = webhooks.get(db.session, webhook_id)
    if not form.is_sent:
        form.start_from(webhook)
    elif isinstance(form.rule_error, WebhookChangedMeanwhile):
        form.etag.data = webhooks.etag_of(webhook)
    cursors = Cursors(request.args.get("after"), request.args.get("before"))
    page = render_template(
        "webhooks/show.html",
        form=form,
        webhook=webhook,
        subjects=SUBJECTS,
        deliveries=webhooks.list_page(db.session, webhook_id, cursors),
    )
    return page, form.status
