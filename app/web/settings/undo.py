"""The page that undoes a save of several settings."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from app.domain import audit, settings
from app.domain.permissions import PermissionCode
from app.domain.settings import BulkInvalid, SavedValue, SettingLine
from app.extensions import db
from app.web import redirects
from app.web.access import requires
from app.web.differences import Comparison, compare
from app.web.events import sentences
from app.web.forms import ReasonForm
from app.web.saving import saved
from app.web.settings import undo_form
from app.web.settings.blueprint import blueprint, visible
from app.web.settings.review import names_of
from app.web.settings.rows import restored


class UndoSaveForm(ReasonForm):
    """The reason for undoing a save; ``next`` is the list to come back to."""

    next = HiddenField()

    @property
    def edit(self) -> str:
        """The reason as typed, or the console's own."""
        return self.reason.data or undo_form.REASON


class UndoRow(NamedTuple):
    """A setting of a save, and what undoing does to it.

    Attributes:
        saved: What the save did to it.
        comparison: Its values now and afterwards.
        obstacle: What keeps it from being undone, in a word or two; or "".
    """

    saved: SavedValue
    comparison: Comparison
    obstacle: str


@blueprint.route("/undo/<id:event_id>", methods=["GET", "POST"])
@requires(read=PermissionCode.SETTINGS_READ, change=PermissionCode.SETTINGS_UPDATE)
def undo(event_id: int) -> ResponseReturnValue:
    """Take all changes of a save back."""
    visible(audit.get(db.session, event_id))
    form = UndoSaveForm()
    if saved(form, partial(settings.undo, may=g.me.can), event_id):
        flash(f"Undid the changes of {names_of(form.result)}.", "success")
        undo_form.remember_save(form.result)
        target = form.next.data or ""
        return redirect(target if redirects.is_ours(target) else url_for(".index"), 303)
    return _page(form, event_id)


def _missing(values: Mapping[int, SavedValue]) -> list[PermissionCode]:
    """Return the permissions that the reader lacks to undo a save."""
    needed = undo_form.needed(value.action for value in values.values())
    return [code for code in needed if not g.me.can(code)]


def _page(form: UndoSaveForm, event_id: int) -> ResponseReturnValue:
    # Read again: a refusal has rolled back.
    event = visible(audit.get(db.session, event_id))
    values = settings.changes_of(db.session, event)
    lines = {line.key: line for line in settings.read_all(db.session)}
    rows = [_row(number, value, lines.get(value.key)) for number, value in values.items()]
    is_unsetting = any(value.was_there and value.before is None for value in values.values())
    always_set = settings.always_set(db.session) if is_unsetting else ""
    if isinstance(form.rule_error, BulkInvalid):
        form.refusal = " ".join(map(str, form.rule_error.all_errors))
    page = render_template(
        "settings/undo.html",
        form=form,
        event=event,
        actor=sentences.actor_of(event),
        rows=sorted(rows, key=lambda row: row.saved.key),
        always_set=always_set,
        missing=_missing(values),
        needs_reason=_needs_reason(values, lines),
        is_possible=not always_set and not any(row.obstacle for row in rows),
    )
    return page, form.status


def _row(setting_id: int, value: SavedValue, line: SettingLine | None) -> UndoRow:
    if not value.is_there:
        return UndoRow(value, compare(None, value.before), "exists again" if line else "")
    is_same = line is not None and line.id == setting_id
    after = settings.masked(value.before) if value.before else value.before
    comparison = compare(line.value if line else value.after, after)
    return UndoRow(value, comparison, _obstacle(value, line) if is_same else "deleted since")


def _obstacle(value: SavedValue, line: SettingLine | None) -> str:
    if line is None or line.value != value.after:
        return "changed since"
    is_locked = line.read_only_reason if value.was_there else not line.is_mutable
    return "read-only" if is_locked else ""


def _needs_reason(values: Mapping[int, SavedValue], lines: Mapping[str, SettingLine]) -> bool:
    present = [lines[value.key] for value in values.values() if value.key in lines]
    gone = [value.columns for value in values.values() if not value.is_there]
    return any(line.rule.requires_reason for line in present) or restored.need_reason(gone)
