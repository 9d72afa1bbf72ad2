"""The review of several settings: typed in the list, reviewed, saved together."""

from functools import partial

from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField, TextAreaField

from app.domain import excerpts, settings
from app.domain.permissions import PermissionCode
from app.domain.phrases import counted, listed
from app.domain.settings import BulkRefused, BulkSettingEdit, SettingFilter
from app.extensions import db
from app.models import AuditEvent
from app.web.access import requires
from app.web.forms import INVALID, REASON, Form
from app.web.kept_input import is_resumed
from app.web.row_ids import joined, possible_id
from app.web.saving import reviewed, saved
from app.web.security import many_fields
from app.web.settings import listing, undo_form
from app.web.settings.blueprint import blueprint
from app.web.settings.listing import Listing
from app.web.settings.rows import bulk_rows, restored
from app.web.settings.rows.bulk_rows import BulkRows
from app.web.settings.rows.restored import RestoredRows


class ReviewForm(Form):
    """The form around the rows: the filter of their list, and the button that was pressed.

    Attributes:
        rows: The rows that were sent.
        restored: The deleted settings that are restored together with them.
        after: The cursor of the page of the list.
        as_of: The time whose values the deleted settings get.
        deleted: The events of their deletions.
    """

    q = HiddenField()
    category = HiddenField()
    type = HiddenField()
    state = HiddenField()
    after = HiddenField()
    as_of = HiddenField()
    deleted = HiddenField()
    reason = TextAreaField("Reason", description=REASON)
    confirmed = StringField()
    without = StringField()
    without_deleted = StringField()
    back = StringField()
    rows = BulkRows()
    restored = RestoredRows()

    @property
    def edit(self) -> BulkSettingEdit:
        """The new values and the reason, as the domain takes them."""
        return BulkSettingEdit(self.rows.edits, self.reason.data or "", self.restored.edit)

    @property
    def filters(self) -> SettingFilter:
        """The filter of the list."""
        names = ("q", "category", "type", "state")
        return SettingFilter(**{name: self._fields[name].data or "" for name in names})

    @property
    def is_confirmed(self) -> bool:
        """Tell whether everything is to be saved as it stands."""
        is_less = self.without.data or self.without_deleted.data
        return bool(self.confirmed.data) and not (is_less or self.rows.is_misread)

    @property
    def count(self) -> int:
        """The number of settings to save."""
        return self.rows.count + len(self.restored.ids)


@blueprint.route("/review", methods=["GET", "POST"])
@requires(read=PermissionCode.SETTINGS_READ, change=PermissionCode.SETTINGS_UPDATE)
@many_fields
def review() -> ResponseReturnValue:
    """Show the changes, setting by setting, and save them all at once."""
    form = ReviewForm()
    if not form.is_sent:
        return render_template("settings/_no_review.html"), form.status
    page = _list_of(form)
    form.rows = bulk_rows.sent(request.form, page, form.without.data or "")
    take_restored(form)
    if form.back.data or (is_resumed() and not form.confirmed.data):
        return editing_page(form, page, bulk_rows.opened(page, form.rows.touched)), form.status
    if not (form.rows.touched or form.restored.edit):
        return _nothing_changed(page)
    if form.is_confirmed and saved(form, partial(settings.change_many, may=g.me.can)):
        return _saved(form.result, page)
    return review_page(form, page)


def take_restored(form: ReviewForm) -> None:
    """Take the deleted settings that the form restores, without the one to be left out."""
    left_out = possible_id(form.without_deleted.data)
    form.restored = restored.sent(form.as_of.data, form.deleted.data, left_out)
    form.deleted.data = joined(form.restored.ids)


def editing_page(form: ReviewForm, page: Listing, rows: BulkRows) -> str:
    """Return the page that shows the settings of a list open for editing."""
    return render_template(
        "settings/edit_all.html",
        form=form,
        page=page,
        rows=rows,
        groups=bulk_rows.groups(page, rows),
        summary=listing.summary,
    )


def names_of(events: list[AuditEvent]) -> str:
    """Return the settings of a save as one phrase: "3 settings: a, b and 1 more"."""
    keys = [event.target_name for event in events]
    return keys[0] if len(keys) == 1 else f"{counted(len(keys), 'setting')}: {listed(keys)}"


def _list_of(form: ReviewForm) -> Listing:
    after = excerpts.cursor(form.after.data)
    return Listing(form.filters, settings.read_all(db.session), after)


def _nothing_changed(page: Listing) -> ResponseReturnValue:
    flash("No changes: all values are the same as those stored.", "info")
    return redirect(page.url(), 303)


def _saved(events: list[AuditEvent], page: Listing) -> ResponseReturnValue:
    if not events:
        return _nothing_changed(page)
    flash(f"Saved {names_of(events)}.", "success")
    undo_form.remember_save(events)
    return redirect(page.url(), 303)


def review_page(form: ReviewForm, page: Listing) -> ResponseReturnValue:
    """Return the page with the changes of the rows, or what speaks against them."""
    rows = form.rows
    if form.rule_error is None and reviewed(form, settings.review_many):
        if not (form.result or rows.is_misread):
            return _nothing_changed(page)
        rows.show_differences(form.result)
        form.restored.show_differences(form.result)
    elif isinstance(form.rule_error, BulkRefused):
        page = _list_of(form)
        rows.show_errors(form.rule_error.errors)
        form.restored.show_errors(form.rule_error.not_restored, page.lines)
        form.deleted.data = joined(form.restored.ids)
    if rows.is_misread:
        form.status = INVALID
        return editing_page(form, page, bulk_rows.opened(page, rows.touched)), form.status
    form.restored.load()
    conflicts = rows.rebase(page.by_id)
    authors = bulk_rows.authors_of(conflicts)
    page_text = render_template(
        "settings/review.html",
        form=form,
        page=page,
        rows=rows,
        conflicts=conflicts,
        authors=authors,
    )
    return page_text, form.status
