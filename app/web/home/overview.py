"""The overview: numbers, findings that need attention, and recent changes."""

from flask import render_template

from app.models.base import utcnow
from app.web.access import signed_in
from app.web.events import history_card
from app.web.home import attention, bars, changes, tiles
from app.web.home.blueprint import blueprint


@blueprint.get("/")
@signed_in
def overview() -> str:
    """Show numbers, findings and recent changes, as far as the user may see them."""
    now = utcnow()
    days = changes.days(now)
    facts = attention.facts(days)
    return render_template(
        "home/overview.html",
        tiles=list(tiles.tiles(facts, days)),
        attention=attention.attention(facts, now),
        url_of=attention.url_of,
        roles=bars.people_per_role(facts),
        categories=bars.categories(facts.settings),
        changes=changes.per_day(days),
        recent=history_card.of_everything(),
    )
