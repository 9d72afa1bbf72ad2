"""The form of a webhook."""

from wtforms import BooleanField, HiddenField, SelectMultipleField, StringField

from app.domain import webhooks
from app.domain.webhooks import SUBJECTS, WebhookEdit
from app.models import Webhook
from app.web.forms import PLAIN, REASON, Form

URL = "Starts with https://. Messages are posted there as JSON."


class WebhookForm(Form):
    """The name and URL of a webhook, and what it is told of."""

    name = StringField("Name", description="The program that listens.")
    url = StringField("URL", description=URL, render_kw=PLAIN | {"inputmode": "url"})
    subjects = SelectMultipleField("Told of changes of", coerce=str, validate_choice=False)
    is_active = BooleanField("Active")
    reason = StringField("Reason", description=REASON)
    etag = HiddenField()

    @property
    def edit(self) -> WebhookEdit:
        """The webhook, as the domain takes it."""
        return WebhookEdit(
            name=self.name.data or "",
            url=self.url.data or "",
            subjects=self.subjects.data or (),
            is_active=bool(self.is_active.data),
            etag=self.etag.data or "",
            reason=self.reason.data or "",
        )

    def start_from(self, webhook: Webhook | None) -> None:
        """Start from a stored webhook, or from an active one that is told of everything."""
        self.is_active.data = webhook is None or webhook.is_active
        self.subjects.data = webhook.subjects.split(",") if webhook else list(SUBJECTS)
        if webhook:
            self.name.data, self.url.data = webhook.name, webhook.url
            self.etag.data = webhooks.etag_of(webhook)
