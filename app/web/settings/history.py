"""The page with all recorded values of a setting, each of which can be restored."""

from typing import Any, NamedTuple

from flask import g, render_template, request, url_for

from app.domain import audit, settings
from app.domain.paging import Cursors, Page
from app.domain.permissions import PermissionCode
from app.domain.settings import SecretMarks
from app.extensions import db
from app.models import ApplicationSetting
from app.web.access import requires
from app.web.differences import Comparison, compare
from app.web.events import sentences, verbs
from app.web.settings import listing, outside
from app.web.settings.blueprint import SEEN_BY, blueprint

NOTHING = Page((), None, None)


class ValueRow(NamedTuple):
    """A recorded change, as the list shows it.

    Attributes:
        event: The columns of the event.
        actor: The name of the actor.
        verb: What the actor did to the setting.
        comparison: The value before and after.
        alone: The only value of a setting that was added or deleted, with the words before it.
        restore_url: The page that restores the value; None for the stored one and for secrets.
    """

    event: Any
    actor: str
    verb: str
    comparison: Comparison
    alone: tuple[str, str | None] | None
    restore_url: str | None


@blueprint.get("/<id:setting_id>/history")
@requires(read=PermissionCode.SETTINGS_READ)
def history(setting_id: int) -> str:
    """List the values that a setting had."""
    setting = settings.get(db.session, setting_id)
    may_see = any(map(g.me.can, SEEN_BY))
    cursors = Cursors(request.args.get("after"), request.args.get("before"))
    page = settings.versions_page(db.session, setting.key, cursors) if may_see else NOTHING
    marks = settings.secret_marks(db.session)
    return render_template(
        "settings/history.html",
        setting=setting,
        category=listing.category_link(setting.category),
        rows=[_row(event, setting, marks) for event in page.rows],
        needs=() if may_see else SEEN_BY,
        newer_url=page.before and url_for(".history", setting_id=setting_id, before=page.before),
        older_url=page.after and url_for(".history", setting_id=setting_id, after=page.after),
        outside=outside.note_of(setting),
    )


def _row(event: Any, setting: ApplicationSetting, marks: SecretMarks) -> ValueRow:
    before, after = (audit.fields_of(side) for side in (event.before, event.after))
    can_restore = (
        marks.can_restore(setting.key, event.id, after)
        and after["value"] != setting.value
        and settings.read_only_reason(setting) is None
        and g.me.can(PermissionCode.SETTINGS_UPDATE)
    )
    url = url_for(".show", setting_id=setting.id, restore=event.id) if can_restore else None
    old, new = (marks.shown(setting.key, event.id, side) for side in (before, after))
    verb = verbs.VERBS.get(event.action, event.action)
    alone = _alone(event.action, old, new)
    return ValueRow(event, sentences.actor_of(event), verb, compare(old, new), alone, url)


def _alone(action: str, old: str | None, new: str | None) -> tuple[str, str | None] | None:
    """Return the value of a setting that was not there before, or not afterwards."""
    if action == settings.DELETED:
        return "It was", old
    words = "" if new is None else "With"
    return (words, new) if action in settings.ADDED else None
