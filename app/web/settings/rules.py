"""The page with all rules: of settings, between settings, and the categories that need a reason."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectMultipleField, StringField

from app.domain.permissions import PermissionCode
from app.domain.phrases import counted
from app.domain.settings.value_rules import editing
from app.domain.settings.value_rules.editing import FlagsEdit
from app.extensions import db
from app.web.access import requires
from app.web.events import sentences
from app.web.forms import REASON, Form
from app.web.row_ids import possible_id
from app.web.saving import saved
from app.web.settings.blueprint import blueprint, visible


class FlagsForm(Form):
    """The categories whose settings need a reason for each change.

    Attributes:
        earlier: The words for earlier flags that the form was filled in with; "" for none.
    """

    earlier = ""
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
    earlier = None if form.is_sent else _earlier(form)
    shown = (
        {name: name in selected for name in flagged}
        if form.is_sent
        else {name: (earlier or flagged).get(name, flagged[name]) for name in flagged}
    )
    page = render_template(
        "settings/rules.html", form=form, found=found, flags=shown, earlier=form.earlier
    )
    return page, form.status


def _earlier(form: FlagsForm) -> dict[str, bool] | None:
    """Return the flags from before the change that the URL names, and suggest a reason."""
    event_id = possible_id(request.args.get("undo"))
    if not event_id:
        return None
    event, flags = editing.earlier_flags(db.session, event_id)
    form.earlier = f"the boxes from before the change by {sentences.actor_of(visible(event))}"
    form.reason.data = f"Undoes the change of {event.at:%Y-%m-%d %H:%M UTC}."
    return flags
