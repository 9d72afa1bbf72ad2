"""The page that undoes a save of settings, as far as it still stands."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import NamedTuple

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField

from app.domain import audit, settings
from app.domain.confirmation import Confirmation
from app.domain.permissions import PermissionCode
from app.domain.settings import BulkInvalid, SavedValue, SettingLine, SettingsUndo
from app.extensions import db
from app.web import redirects
from app.web.access import requires
from app.web.differences import Comparison, compare
from app.web.events import sentences
from app.web.forms import REASON
from app.web.review import ReviewedForm
from app.web.saving import saved
from app.web.session.identity import current_actor
from app.web.settings import earlier, undo_form
from app.web.settings.blueprint import blueprint, visible
from app.web.settings.review import names_of
from app.web.settings.rows import restored

CODES = (
    PermissionCode.SETTINGS_UPDATE,
    PermissionCode.SETTINGS_CREATE,
    PermissionCode.SETTINGS_DELETE,
)


class UndoSaveForm(ReviewedForm):
    """The reason for undoing a save; ``next`` is the list to come back to.

    The button that follows a save sends no review: it undoes all of the save, or nothing.
    """

    reason = StringField("Reason", description=REASON)
    next = HiddenField()

    @property
    def edit(self) -> Confirmation:
        """The reason as typed, or the console's own, and what was reviewed."""
        reviewed = self.reviewed.data if "reviewed" in request.form else None
        return Confirmation(self.reason.data or undo_form.REASON, reviewed)


class UndoRow(NamedTuple):
    """A setting of a save, and what undoing does to it.

    Attributes:
        saved: What the save did to it.
        comparison: Its values now and afterwards.
        obstacle: The reason why it stays as it is; "" if it does not.
        link: The label and URL of the page that offers its former value; None if none does.
    """

    saved: SavedValue
    comparison: Comparison
    obstacle: str
    link: tuple[str, str] | None


@blueprint.route("/undo/<id:event_id>", methods=["GET", "POST"])
@requires(read=PermissionCode.SETTINGS_READ, change=CODES)
def undo(event_id: int) -> ResponseReturnValue:
    """Take the changes of a save back, and name those that stay."""
    visible(audit.get(db.session, event_id))
    form = UndoSaveForm()
    if saved(form, partial(settings.undo, may=g.me.can), event_id):
        flash(f"Undid the changes of {names_of(form.result)}.", "success")
        undo_form.remember_save(form.result)
        target = form.next.data or ""
        return redirect(target if redirects.is_ours(target) else url_for(".index"), 303)
    return _page(form, event_id)


def _missing(values: Iterable[SavedValue]) -> list[PermissionCode]:
    """Return the permissions that the reader lacks to undo these changes."""
    needed = undo_form.needed(value.action for value in values)
    return [code for code in needed if not g.me.can(code)]


def _page(form: UndoSaveForm, event_id: int) -> ResponseReturnValue:
    # Read again: a refusal has rolled back.
    found = settings.review_undo(db.session, event_id, actor=current_actor())
    lines = {line.key: line for line in settings.read_all(db.session)}
    if isinstance(form.rule_error, BulkInvalid):
        form.refusal = " ".join(map(str, form.rule_error.all_errors))
    form.carry(found.content)
    page = render_template(
        "settings/undo.html",
        form=form,
        event=found.save.event,
        actor=sentences.actor_of(found.save.event),
        rows=_rows(found, lines),
        secrets=found.save.secrets,
        count=len(found.values),
        missing=_missing(found.values.values()),
        needs_reason=_needs_reason(found.values.values(), lines),
    )
    return page, form.status


def _rows(found: SettingsUndo, lines: Mapping[str, SettingLine]) -> list[UndoRow]:
    reasons = {part.name: part.reason for part in found.left_out}
    rows = [
        _row(found, value, lines.get(value.key), reasons.get(value.key, ""))
        for value in found.save.values.values()
    ]
    return sorted(rows, key=lambda row: row.saved.key)


def _row(
    found: SettingsUndo, value: SavedValue, line: SettingLine | None, obstacle: str
) -> UndoRow:
    after = settings.masked(value.before) if value.before else value.before
    now = line.value if line else None if not value.is_there else value.after
    link = _link(found, value, line) if obstacle else None
    return UndoRow(value, compare(now, after), obstacle, link)


def _link(
    found: SettingsUndo, value: SavedValue, line: SettingLine | None
) -> tuple[str, str] | None:
    """Return the way to the former value of a setting that stays as it is."""
    deletion = found.save.deletion(value.key)
    if line is None:
        if not (deletion and g.me.can(PermissionCode.SETTINGS_CREATE)):
            return None
        return "Restore the setting", url_for(".restore", event_id=deletion)
    if not value.was_there:
        return f"Show {value.key}", url_for(".show", setting_id=line.id)
    if line.read_only_reason or not g.me.can(PermissionCode.SETTINGS_UPDATE):
        return None
    url = url_for(".show", setting_id=line.id, undo=value.event_id)
    return earlier.label(value.before), url


def _needs_reason(values: Iterable[SavedValue], lines: Mapping[str, SettingLine]) -> bool:
    values = list(values)
    present = [lines[value.key] for value in values if value.key in lines]
    gone = [value.columns for value in values if not value.is_there]
    return any(line.rule.requires_reason for line in present) or restored.need_reason(gone)
