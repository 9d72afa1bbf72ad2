"""The page that deletes a webhook after its name was entered."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField

from app.domain import webhooks
from app.domain.confirmation import Deletion
from app.extensions import db
from app.web.access import sensitive
from app.web.forms import PLAIN, REASON, Form
from app.web.saving import saved
from app.web.webhooks.blueprint import blueprint, changing


class DeleteWebhookForm(Form):
    """The name of a webhook, entered to confirm its deletion."""

    name = StringField("Name", render_kw=PLAIN)
    reason = StringField("Reason", description=REASON)
    etag = HiddenField()

    @property
    def edit(self) -> Deletion:
        """The confirmation, as the domain takes it."""
        return Deletion(self.name.data or "", self.etag.data or "", self.reason.data or "")


@blueprint.route("/<id:webhook_id>/delete", methods=["GET", "POST"])
@sensitive
@changing
def delete(webhook_id: int) -> ResponseReturnValue:
    """Ask for the name of a webhook, and delete it with its deliveries."""
    form = DeleteWebhookForm()
    if saved(form, webhooks.delete, webhook_id):
        flash(f"Deleted the webhook {form.result.name}.", "success")
        return redirect(url_for(".index"), 303)
    webhook = webhooks.get(db.session, webhook_id)
    form.etag.data = webhooks.etag_of(webhook)
    return render_template("webhooks/delete.html", form=form, webhook=webhook), form.status
