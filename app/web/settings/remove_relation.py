"""The page that removes a relation between settings."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField

from app.domain.permissions import PermissionCode
from app.domain.settings.value_rules import editing
from app.domain.settings.value_rules.editing import RelationEdit
from app.extensions import db
from app.web.access import requires
from app.web.forms import REASON, Form
from app.web.saving import saved
from app.web.settings.blueprint import blueprint


class RemoveRelationForm(Form):
    """The reason for removing a relation."""

    reason = StringField("Reason", description=REASON)
    etag = HiddenField()

    @property
    def edit(self) -> RelationEdit:
        """The relation as it was shown, as the domain takes it."""
        return RelationEdit("", etag=self.etag.data or "", reason=self.reason.data or "")


@blueprint.route("/remove-relation/<id:relation_id>", methods=["GET", "POST"])
@requires(read=PermissionCode.SETTINGS_READ, change=PermissionCode.SETTINGS_UPDATE)
def remove_relation(relation_id: int) -> ResponseReturnValue:
    """Show a relation, and remove it."""
    form = RemoveRelationForm()
    if saved(form, editing.remove_relation, relation_id):
        flash(f"Removed the relation {form.result.target_name}.", "success")
        return redirect(url_for(".rules"), 303)
    relation = editing.get_relation(db.session, relation_id)
    form.etag.data = editing.relation_etag(relation)
    page = render_template(
        "settings/remove_relation.html",
        form=form,
        relation=relation,
        needs_reason=editing.keys_needing_reason(db.session, relation),
    )
    return page, form.status
