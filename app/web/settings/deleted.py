"""The page with the deleted settings, each of which can be restored."""

from typing import Any, NamedTuple

from flask import g, render_template, request, url_for

from app.domain import audit, settings
from app.domain.paging import Cursors, Page
from app.domain.permissions import PermissionCode
from app.domain.settings import SecretMarks
from app.extensions import db
from app.web.access import requires
from app.web.events import sentences
from app.web.settings.blueprint import SEEN_BY, blueprint
from app.web.urls import queried

NOTHING = Page((), None, None)


class DeletedRow(NamedTuple):
    """A deleted setting, as the list shows it.

    Attributes:
        event: The columns of the event that records the deletion.
        actor: The name of the actor.
        value: The value to show; None for none.
        is_set: Whether the setting had a value.
        restore_url: The page that restores the setting; None for users who may not.
    """

    event: Any
    actor: str
    value: str | None
    is_set: bool
    restore_url: str | None


@blueprint.get("/deleted")
@requires(read=PermissionCode.SETTINGS_READ)
def deleted() -> str:
    """List the deleted settings."""
    may_see = any(map(g.me.can, SEEN_BY))
    cursors = Cursors(request.args.get("after"), request.args.get("before"))
    page = settings.deleted_page(db.session, cursors) if may_see else NOTHING
    marks = settings.secret_marks(db.session)
    return render_template(
        "settings/deleted.html",
        rows=[_row(event, marks) for event in page.rows],
        needs=() if may_see else SEEN_BY,
        newer_url=page.before and queried(".deleted", before=page.before),
        older_url=page.after and queried(".deleted", after=page.after),
    )


def _row(event: Any, marks: SecretMarks) -> DeletedRow:
    fields = audit.fields_of(event.before)
    can_restore = g.me.can(PermissionCode.SETTINGS_CREATE)
    url = url_for(".restore", event_id=event.id) if can_restore else None
    shown = marks.shown(event.target_name, event.id, fields)
    is_set = fields.get("value") is not None
    return DeletedRow(event, sentences.actor_of(event), shown, is_set, url)
