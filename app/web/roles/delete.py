"""The page that deletes a role once its name is typed."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField

from app.domain import roles
from app.domain.confirmation import Deletion
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.web.access import requires, sensitive
from app.web.events import conflicts
from app.web.forms import PLAIN, REASON
from app.web.review import ReviewedForm
from app.web.roles.blueprint import blueprint
from app.web.saving import saved


class DeleteRoleForm(ReviewedForm):
    """The name of a role, typed to confirm its deletion."""

    name = StringField("Name", render_kw=PLAIN)
    reason = StringField("Reason", description=REASON)
    etag = HiddenField()
    shown_at = HiddenField()

    @property
    def edit(self) -> Deletion:
        """The confirmation, as the domain takes it."""
        texts = (self.name, self.etag, self.reason, self.reviewed)
        return Deletion(*(field.data or "" for field in texts))


@blueprint.route("/<id:role_id>/delete", methods=["GET", "POST"])
@sensitive
@requires(read=PermissionCode.ROLE_READ, change=PermissionCode.ROLE_DELETE)
def delete(role_id: int) -> ResponseReturnValue:
    """Show the effects of deleting the role, ask for its name, and delete it."""
    form = DeleteRoleForm()
    if saved(form, roles.delete, role_id):
        flash(f"Deleted the role {form.result}.", "success")
        return redirect(url_for(".index"), 303)
    return _page(form, role_id)


def _page(form: DeleteRoleForm, role_id: int) -> ResponseReturnValue:
    role = roles.read_matrix(db.session).role(role_id)
    conflicts.tell_author(form, conflicts.DELETED_ROLE, role.id, f"the role {role.name}")
    form.etag.data = roles.deletion_etag(role)
    review = roles.review_deletion(db.session, role_id)
    form.carry(review.content)
    page = render_template(
        "roles/delete.html",
        form=form,
        role=role,
        impact=review.impact,
        count=review.members,
        is_system_role=roles.is_system_role(role),
    )
    return page, form.status
