"""The page with the whole history of a user, or of their roles for those who assign roles."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for

from app.domain import audit, users
from app.domain.audit import HistoryEntry
from app.domain.paging import Cursors, Page
from app.domain.permissions import PermissionCode
from app.domain.target import Target
from app.extensions import db
from app.web.access import requires
from app.web.events import history_card, sentences
from app.web.events.sentences import EventLine
from app.web.users.blueprint import blueprint

NOTHING = Page((), None, None)


@blueprint.get("/<id:user_id>/history")
@requires(read=PermissionCode.USER_READ)
def history(user_id: int) -> str:
    """List what was done to a user, newest first."""
    user = users.get(db.session, user_id)
    seen = history_card.seen_of_user()
    page = NOTHING if seen is None else _page(Target.of_user(user), seen)
    return render_template(
        "users/history.html",
        user=user,
        lines=_lines(page.rows),
        needs=history_card.OF_USER if seen is None else (),
        is_of_roles=bool(seen),
        newer_url=page.before and url_for(".history", user_id=user_id, before=page.before),
        older_url=page.after and url_for(".history", user_id=user_id, after=page.after),
    )


def _page(target: Target, actions: Sequence[str]) -> Page:
    cursors = Cursors(request.args.get("after"), request.args.get("before"))
    return audit.history_page(db.session, target, cursors, actions=actions)


def _lines(events: Sequence[Any]) -> list[EventLine]:
    return sentences.in_words([HistoryEntry(event, is_there=True) for event in events])
