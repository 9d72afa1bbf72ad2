"""The page that deletes a setting after its key was typed."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField

from app.domain import settings
from app.domain.confirmation import Deletion
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.web.access import requires, sensitive_if
from app.web.events import conflicts
from app.web.forms import PLAIN, REASON, Form
from app.web.saving import saved
from app.web.settings import listing, undo_form
from app.web.settings.blueprint import (
    blueprint,
    holds_secret,
    is_secret_key,
    note_use_for_secret,
)


class DeleteSettingForm(Form):
    """The key of a setting, typed to confirm its deletion."""

    key = StringField("Key", render_kw=PLAIN)
    reason = StringField("Reason", description=REASON)
    etag = HiddenField()
    shown_at = HiddenField()

    @property
    def edit(self) -> Deletion:
        """The confirmation, as the domain takes it."""
        return Deletion(self.key.data or "", self.etag.data or "", self.reason.data or "")


@blueprint.route("/<id:setting_id>/delete", methods=["GET", "POST"])
@sensitive_if(holds_secret)
@requires(read=PermissionCode.SETTINGS_READ, change=PermissionCode.SETTINGS_DELETE)
def delete(setting_id: int) -> ResponseReturnValue:
    """Ask for the key of a setting, and delete it."""
    form = DeleteSettingForm()
    if saved(form, settings.delete, setting_id):
        undo_form.remember(form.result)
        flash(f"Deleted {form.result.target_name}.", "success")
        if is_secret_key(form.result.target_name):
            note_use_for_secret()
        return redirect(url_for(".index"), 303)
    return _page(form, setting_id)


def _page(form: DeleteSettingForm, setting_id: int) -> ResponseReturnValue:
    setting = settings.get(db.session, setting_id)
    conflicts.tell_author(form, conflicts.DELETED_SETTING, setting.id, setting.key)
    form.etag.data = settings.etag_of(setting)
    page = render_template(
        "settings/delete.html",
        form=form,
        setting=setting,
        value=settings.shown_value(setting),
        category=listing.name_of(setting.category),
        is_secret=settings.is_secret_setting(setting),
        refusal=settings.deletion_refusal(setting),
        needs_reason=settings.rule_state(db.session, setting).rule.requires_reason,
    )
    return page, form.status
