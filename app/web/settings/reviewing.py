"""Several settings at once: typed in the list, reviewed, saved together, and put back together."""

from flask import flash, redirect, render_template, request, url_for

from app.domain import audit, settings
from app.domain.permissions import PermissionCode
from app.domain.phrases import listed
from app.domain.settings import BulkRefused
from app.extensions import db
from app.models import AuditEvent
from app.web import redirects
from app.web.access import missing, requires
from app.web.forms import INVALID
from app.web.identity import current_actor
from app.web.saving import Page, reviewed_with, saved_with
from app.web.security import many_fields
from app.web.settings import listing, sheet, undo
from app.web.settings.differences import compare
from app.web.settings.forms import ReasonForm, ReviewForm
from app.web.settings.listing import Listing
from app.web.settings.section import blueprint, visible
from app.web.settings.sheet import Sheet


@blueprint.route("/review", methods=["GET", "POST"])
@requires(read=PermissionCode.SETTINGS_READ, change=PermissionCode.SETTINGS_UPDATE)
@many_fields
def review() -> Page:
    """Show what would change, setting by setting, and save it all at once."""
    form = ReviewForm()
    if not form.is_sent:
        return render_template("settings/no_review.html"), form.status
    page = _list_of(form)
    rows = sheet.sent(request.form, page, form.left_out)
    rows.check()
    if form.back.data or not rows.touched:
        return _editing_or_list(form, page, rows)
    if form.confirmed.data and not (form.left_out or rows.is_misread):
        change = lambda: settings.change_many(  # noqa: E731 - one domain call
            db.session, rows.edits, form.reason.data or "", actor=current_actor()
        )
        if saved_with(form, change):
            return _saved(form, page)
    return _reviewed(form, page, rows)


def editing(page: Listing) -> str:
    """Show the settings of a list that can be changed here, open for editing."""
    return _editing_page(ReviewForm(data=vars(page.wanted)), page, sheet.opened(page, {}))


@blueprint.route("/undo/<id:event_id>", methods=["GET", "POST"])
@requires(read=PermissionCode.SETTINGS_READ, change=PermissionCode.SETTINGS_UPDATE)
def put_back(event_id: int) -> Page:
    """Give the settings of a save the values back that they had before it."""
    form = ReasonForm()
    visible(audit.get(db.session, event_id))
    change = lambda: settings.undo(  # noqa: E731 - one domain call
        db.session, event_id, form.reason.data or undo.REASON, actor=current_actor()
    )
    if saved_with(form, change):
        return _said(f"Put back {_names(form.result)}.", form.result, form.next.data or "")
    return _put_back_page(form, event_id), form.status


def _list_of(form: ReviewForm) -> Listing:
    return Listing(form.wanted, settings.read_all(db.session))


def _editing_or_list(form: ReviewForm, page: Listing, rows: Sheet) -> Page:
    if form.back.data:
        return _editing_page(form, page, sheet.opened(page, rows.touched)), form.status
    return _nothing(page)


def _saved(form: ReviewForm, page: Listing) -> Page:
    events = form.result
    return _said(f"Saved {_names(events)}.", events, page.url()) if events else _nothing(page)


def _nothing(page: Listing) -> Page:
    flash("Every value is the one that is stored; nothing was changed.", "info")
    return redirect(page.url(), 303)


def _reviewed(form: ReviewForm, page: Listing, rows: Sheet) -> Page:
    ask = lambda: settings.review_many(db.session, rows.edits)  # noqa: E731 - one domain call
    if form.rule_error is None and reviewed_with(form, ask):
        if not (form.result or rows.is_misread):
            return _nothing(page)
        rows.keep(form.result)
    elif isinstance(form.rule_error, BulkRefused):
        page = _list_of(form)
        rows.take(form.rule_error.errors)
    if rows.is_misread:
        form.status = INVALID
        return _editing_page(form, page, sheet.opened(page, rows.touched)), form.status
    started = rows.start_again(page.by_id)
    return render_template(
        "settings/review.html", form=form, page=page, sheet=rows, conflicts=started
    ), form.status


def _editing_page(form: ReviewForm, page: Listing, rows: Sheet) -> str:
    return render_template(
        "settings/edit.html",
        form=form,
        page=page,
        sheet=rows,
        groups=sheet.groups(page, rows),
        summary=listing.summary,
    )


def _put_back_page(form: ReasonForm, event_id: int) -> str:
    # Read again: what was refused was rolled back.
    event = visible(audit.get(db.session, event_id))
    made = settings.changes_of(db.session, event)
    lines = [line for line in settings.read_all(db.session) if line.id in made]
    same = [(line, made[line.id]) for line in lines if made[line.id].is_of(line.key)]
    there = [(line, one.before, one.after) for line, one in same]
    changes = [(line, compare(line.value, old), line.value == new) for line, old, new in there]
    return render_template(
        "settings/put_back.html",
        form=form,
        event=event,
        missing=missing(PermissionCode.SETTINGS_UPDATE),
        changes=sorted(changes, key=lambda change: change[0].key),
        gone=len(made) - len(there),
        can_be=len(there) == len(made)
        and all(line.value == new and not line.lock for line, _, new in there),
    )


def _said(sentence: str, events: list[AuditEvent], target: str) -> Page:
    flash(sentence, "success")
    undo.note_many(events[0])
    return redirect(target if redirects.is_ours(target) else url_for(".index"), 303)


def _names(events: list[AuditEvent]) -> str:
    keys = [event.target_name for event in events]
    return keys[0] if len(keys) == 1 else f"{len(keys)} settings: {listed(keys)}"
