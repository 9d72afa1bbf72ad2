"""The overview: numbers, findings that need attention, and recent changes."""

from dataclasses import replace

from flask import Blueprint, g, render_template

from app.domain import overview as domain
from app.extensions import db
from app.models.base import utcnow
from app.web.access import signed_in
from app.web.events import history_card
from app.web.home import attention, bars, changes, tiles

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@signed_in
def overview() -> str:
    """Show numbers, findings and recent changes, as far as the user may see them."""
    now = utcnow()
    days = changes.days(now)
    failures = sum(day.failed_sign_ins for day in days[-2:]) if days else 0
    facts = replace(domain.facts(db.session, g.me.can), failed_sign_ins=failures)
    return render_template(
        "home/overview.html",
        tiles=list(tiles.tiles(facts, days)),
        todo=attention.todo(facts, now),
        roles=bars.people_per_role(facts),
        categories=bars.categories(facts.settings),
        changes=changes.per_day(days),
        recent=history_card.of_everything(),
    )
