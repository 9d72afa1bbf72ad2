"""The list of webhooks."""

from flask import render_template

from app.domain import webhooks
from app.extensions import db
from app.web.webhooks.blueprint import blueprint, looking


@blueprint.get("")
@looking
def index() -> str:
    """List webhooks with the number of messages that wait or failed."""
    return render_template(
        "webhooks/index.html",
        webhooks=webhooks.read_all(db.session),
        counts=webhooks.counts(db.session),
    )
