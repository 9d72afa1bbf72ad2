"""The page that undoes a save of several settings."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from app.domain import audit, settings
from app.domain.permissions import PermissionCode
from app.domain.settings import BulkInvalid
from app.extensions import db
from app.web import redirects
from app.web.access import requires
from app.web.differences import compare
from app.web.events import sentences
from app.web.forms import ReasonForm
from app.web.saving import saved
from app.web.settings import undo_form
from app.web.settings.blueprint import blueprint, visible
from app.web.settings.review import names_of


class UndoSaveForm(ReasonForm):
    """The reason for undoing a save; ``next`` is the list to come back to."""

    next = HiddenField()

    @property
    def edit(self) -> str:
        """The reason as typed, or the console's own."""
        return self.reason.data or undo_form.REASON


@blueprint.route("/undo/<id:event_id>", methods=["GET", "POST"])
@requires(read=PermissionCode.SETTINGS_READ, change=PermissionCode.SETTINGS_UPDATE)
def undo(event_id: int) -> ResponseReturnValue:
    """Give the settings of a save the values that they had before it."""
    visible(audit.get(db.session, event_id))
    form = UndoSaveForm()
    if saved(form, settings.undo, event_id):
        flash(f"Undid the changes of {names_of(form.result)}.", "success")
        undo_form.remember_save(form.result[0])
        target = form.next.data or ""
        return redirect(target if redirects.is_ours(target) else url_for(".index"), 303)
    return _page(form, event_id)


def _page(form: UndoSaveForm, event_id: int) -> ResponseReturnValue:
    # Read again: a refusal has rolled back.
    event = visible(audit.get(db.session, event_id))
    values = settings.changes_of(db.session, event)
    lines = [line for line in settings.read_all(db.session) if line.id in values]
    present = [(line, values[line.id]) for line in lines if values[line.id].is_of(line.key)]
    is_unsetting = any(saved_value.before is None for saved_value in values.values())
    always_set = settings.always_set(db.session) if is_unsetting else ""
    changes = [
        (
            line,
            compare(line.value, _shown(saved_value.before)),
            line.value == saved_value.after,
        )
        for line, saved_value in present
    ]
    if isinstance(form.rule_error, BulkInvalid):
        form.refusal = " ".join(str(error) for error in form.rule_error.errors.values())
    page = render_template(
        "settings/undo.html",
        form=form,
        event=event,
        actor=sentences.actor_of(event),
        changes=sorted(changes, key=lambda change: change[0].key),
        missing_settings=len(values) - len(present),
        always_set=always_set,
        needs_reason=any(line.rule.requires_reason for line, _ in present),
        is_possible=len(present) == len(values)
        and not always_set
        and all(is_same and not line.read_only_reason for line, _, is_same in changes),
    )
    return page, form.status


def _shown(value: str | None) -> str | None:
    return settings.masked(value) if value else value
