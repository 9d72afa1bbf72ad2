"""The roles of a user: selected, reviewed, saved."""

from typing import Self

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, TextAreaField

from app.domain import roles as domain_roles
from app.domain import users
from app.domain.permissions import PermissionCode
from app.domain.roles import RoleChoice
from app.domain.users import AssignmentChangedMeanwhile, AssignmentEdit
from app.extensions import db
from app.models import User
from app.web.access import requires
from app.web.forms import REASON, Form
from app.web.row_ids import joined, parted, selected_ids
from app.web.saving import reviewed, saved
from app.web.users.blueprint import blueprint


class RolesForm(Form):
    """The roles of a user.

    ``base`` has the ids of the roles that the user had when the page was opened. ``confirmed``
    saves; ``again`` goes back from the review to the boxes, which keep what was selected.
    """

    roles = selected_ids("Roles")
    reason = TextAreaField("Reason", description=REASON)
    etag = HiddenField()
    base = HiddenField()
    confirmed = BooleanField()
    again = BooleanField()

    @property
    def edit(self) -> AssignmentEdit:
        """The selected roles, as the domain takes them."""
        return AssignmentEdit(
            frozenset(self.roles.data or ()), self.etag.data or "", self.reason.data or ""
        )

    @property
    def base_ids(self) -> frozenset[int]:
        """The ids of the roles that the user had when the page was opened."""
        return parted(self.base.data)

    def start_from(self, choices: list[RoleChoice]) -> Self:
        """Check the next save against these roles; the selection stays."""
        role_ids = frozenset(choice.id for choice in choices if choice.is_held)
        self.etag.data = users.roles_etag(role_ids)
        self.base.data = joined(role_ids)
        if not self.is_sent:
            self.roles.data = sorted(role_ids)
        return self


@blueprint.route("/<id:user_id>/roles", methods=["GET", "POST"])
@requires(read=PermissionCode.USER_READ, change=PermissionCode.ROLE_ASSIGN)
def roles(user_id: int) -> ResponseReturnValue:
    """Change the roles of a user: select, review, save."""
    form = RolesForm()
    is_confirmed, goes_back = bool(form.confirmed.data), bool(form.again.data)
    if is_confirmed and not goes_back and saved(form, users.set_roles, user_id):
        flash("Saved the roles." if form.result else "No changes.", "success")
        return redirect(url_for(".show", user_id=user_id), 303)
    if not (is_confirmed or goes_back) and reviewed(form, users.review_roles, user_id):
        return _review_page(form, user_id)
    return _page(form, user_id)


def _review_page(form: RolesForm, user_id: int) -> ResponseReturnValue:
    page = render_template(
        "users/roles_review.html",
        form=form,
        user=users.get(db.session, user_id),
        review=form.result,
        gained=domain_roles.describe_permissions(db.session, form.result.gained),
        lost=domain_roles.describe_permissions(db.session, form.result.lost),
    )
    return page, form.status


def _page(form: RolesForm, user_id: int) -> ResponseReturnValue:
    user = users.get(db.session, user_id)
    choices = domain_roles.choices(db.session, user_id)
    if isinstance(form.rule_error, AssignmentChangedMeanwhile):
        return _conflict_page(form, user, choices)
    if not form.is_sent:
        form.start_from(choices)
    return render_template("users/roles.html", form=form, user=user, roles=choices), form.status


def _conflict_page(form: RolesForm, user: User, choices: list[RoleChoice]) -> ResponseReturnValue:
    base_ids, selected_ids = form.base_ids, form.roles.data or ()
    page = render_template(
        "users/roles_conflict.html",
        form=form.start_from(choices),
        user=user,
        base=[choice.name for choice in choices if choice.id in base_ids],
        theirs=[choice.name for choice in choices if choice.is_held],
        yours=[choice.name for choice in choices if choice.id in selected_ids],
    )
    return page, form.status
