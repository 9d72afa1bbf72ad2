"""The page with all rules: of settings, between settings, and the categories that need a reason."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectMultipleField, StringField

from app.domain.permissions import PermissionCode
from app.domain.phrases import counted
from app.domain.settings.value_rules import editing
from app.domain.settings.value_rules.editing import FlagsEdit
from app.extensions import db
from app.web.access import requires
from app.web.forms import REASON, Form
from app.web.saving import saved
from app.web.settings.blueprint import blueprint


class FlagsForm(Form):
    """The categories whose settings need a reason for each change."""

    categories = SelectMultipleField("Categories", validate_choice=False)
    reason = StringField("Reason", description=REASON)
    etag = HiddenField()

    @property
    def edit(self) -> FlagsEdit:
        """The categories, as the domain takes them."""
        return FlagsEdit(self.categories.data or [], self.etag.data or "", self.reason.data or "")


@blueprint.route("/rules", methods=["GET", "POST"])
@requires(read=PermissionCode.SETTINGS_READ, change=PermissionCode.SETTINGS_UPDATE)
def rules() -> ResponseReturnValue:
    """List all rules, and say which categories need a reason."""
    form = FlagsForm()
    if saved(form, editing.change_flags):
        count = counted(len(form.result), "category", "categories")
        flash(f"Changed {count}." if form.result else "No change.", "success")
        return redirect(url_for(".rules"), 303)
    found, flagged = editing.all_rules(db.session), editing.category_flags(db.session)
    form.etag.data = editing.flags_etag(flagged)
    selected = set(form.categories.data or [])
    shown = {
        name: name in selected if form.is_sent else is_flagged
        for name, is_flagged in flagged.items()
    }
    page = render_template("settings/rules.html", form=form, found=found, flags=shown)
    return page, form.status
