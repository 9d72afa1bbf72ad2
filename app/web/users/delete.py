"""The page that deletes an account."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField

from app.domain import roles, users
from app.domain.authentication import sessions
from app.domain.confirmation import Deletion
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.web.access import requires
from app.web.events import conflicts
from app.web.forms import PLAIN, REASON
from app.web.review import ReviewedForm
from app.web.saving import saved
from app.web.session.identity import limits
from app.web.users.blueprint import blueprint, why_last, why_not


class DeleteUserForm(ReviewedForm):
    """The user name, typed to confirm the deletion."""

    username = StringField("User name", render_kw=PLAIN)
    reason = StringField("Reason", description=REASON)
    etag = HiddenField()
    shown_at = HiddenField()

    @property
    def edit(self) -> Deletion:
        """The confirmation, as the domain takes it."""
        texts = (self.username, self.etag, self.reason, self.reviewed)
        return Deletion(*(field.data or "" for field in texts))


@blueprint.route("/<id:user_id>/delete", methods=["GET", "POST"])
@requires(read=PermissionCode.USER_READ, change=PermissionCode.USER_DELETE)
def delete(user_id: int) -> ResponseReturnValue:
    """Show what is deleted, ask for the user name, and delete the account."""
    form = DeleteUserForm()
    if saved(form, users.delete, user_id):
        flash(f"Deleted {form.result.name}.", "success")
        return redirect(url_for(".index"), 303)
    return _page(form, user_id)


def _page(form: DeleteUserForm, user_id: int) -> ResponseReturnValue:
    user = users.get(db.session, user_id)
    conflicts.tell_author(form, conflicts.DELETED_USER, user.id, user.username)
    form.etag.data = users.deletion_etag(user)
    form.carry(users.access_content(user, roles.held_by(db.session, [user.id])))
    page = render_template(
        "users/delete.html",
        form=form,
        user=user,
        role_names=[role.name for role in user.roles],
        session_count=len(sessions.of_user(db.session, user_id, limits())),
        why_not=why_not(user, PermissionCode.USER_DELETE) or why_last(user),
    )
    return page, form.status
