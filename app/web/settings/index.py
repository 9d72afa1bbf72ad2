"""The list of settings by category; one of them, or all, may be open for editing."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import settings
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.web.access import requires
from app.web.row_ids import possible_id
from app.web.settings import listing, past, recent, secret_notes, undo_form
from app.web.settings.blueprint import blueprint
from app.web.settings.listing import ALL_ROWS, Listing
from app.web.settings.review import ReviewForm, editing_page
from app.web.settings.rows import bulk_rows
from app.web.settings.show import SettingForm
from app.web.settings.undo_form import UndoForm


@blueprint.get("")
@requires(read=PermissionCode.SETTINGS_READ)
def index() -> ResponseReturnValue:
    """List the settings by category; one of them, or all, may be open for editing."""
    if as_of := request.args.get("as_of"):
        return redirect(url_for(".past", at=as_of, show=past.ALL))
    page = listing.of_url(settings.read_all(db.session), recent.of_url())
    notes = secret_notes.of_lines(page.page.rows)
    if request.args.get("edit") == ALL_ROWS and g.me.can(PermissionCode.SETTINGS_UPDATE):
        form = ReviewForm(data=vars(page.filters) | {"after": page.after})
        return editing_page(form, page, bulk_rows.opened(page, {}))
    return render_template(
        "settings/index.html",
        page=page,
        notes=notes,
        types=listing.TYPES,
        states=listing.STATES,
        times=recent.TIMES if recent.is_offered() else [],
        actors=recent.ACTORS,
        editing=_open_row(page),
        undo=_undo(page),
    )


def _open_row(page: Listing) -> SettingForm | None:
    line = page.line(possible_id(request.args.get("edit")))
    if line is None or line.read_only_reason or not g.me.can(PermissionCode.SETTINGS_UPDATE):
        return None
    form = SettingForm()
    form.setting_id = line.id
    form.start_from(line.value, line.etag)
    form.suit(line.data_type, line.rule, is_secret=line.is_secret)
    form.next.data = f"{page.url()}#setting-{line.id}"
    return form


def _undo(page: Listing) -> UndoForm | None:
    event = undo_form.last_change()
    if event is None:
        return undo_form.of_last_save(page.url())
    if event.action == undo_form.DELETED:
        can = g.me.can(PermissionCode.SETTINGS_CREATE)
        return undo_form.of_deletion(event) if can else None
    line = page.line(event.target_id)
    if line is None or line.is_secret:
        return None
    return undo_form.of_change(event, line.value, line.etag, f"{page.url()}#setting-{line.id}")
