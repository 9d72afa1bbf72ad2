"""The overview: what there is, what needs attention, and what changed lately."""

from flask import Blueprint, g, render_template

from app.domain import audit
from app.domain.overview import Facts, facts, findings
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.models.base import utcnow
from app.web import event_sentences
from app.web.access import signed_in
from app.web.home import cards

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@signed_in
def overview() -> str:
    """Show what there is, as far as the person may look, and what changed lately."""
    now = utcnow()
    known = facts(db.session, g.me.can)
    days = recent = None
    if g.me.can(PermissionCode.AUDIT_READ):
        days = audit.per_day(db.session, cards.DAYS, now=now)
        recent = event_sentences.in_words(audit.recent(db.session, limit=cards.MOST_EVENTS))
    return render_template(
        "home/overview.html",
        tiles=list(cards.tiles(known, days)),
        todo=cards.todo(findings(known, now=now)),
        is_judged=known != Facts(),
        roles=cards.people_per_role(known),
        categories=cards.categories(known.settings),
        changes=cards.changes(days),
        recent=recent,
        can_create=g.me.can(PermissionCode.USER_CREATE),
    )
