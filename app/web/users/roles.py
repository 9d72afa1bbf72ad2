"""The roles of a user: selected, reviewed, saved."""

from typing import Any, Self

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, TextAreaField

from app.domain import roles as domain_roles
from app.domain import users
from app.domain.permissions import PermissionCode
from app.domain.roles import RoleChoice
from app.domain.users import AssignmentEdit
from app.extensions import db
from app.web.access import requires, sensitive
from app.web.events import conflicts
from app.web.events.conflicts import Author, Contested
from app.web.forms import REASON
from app.web.review import Review, ReviewedForm
from app.web.row_ids import joined, parted, selected_ids
from app.web.users.blueprint import blueprint


class RolesForm(ReviewedForm):
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
            frozenset(self.roles.data or ()),
            self.etag.data or "",
            self.reason.data or "",
            self.reviewed.data or "",
        )

    @property
    def hidden_fields(self) -> list[tuple[str, str]]:
        """The selected roles, and those that were shown, as hidden fields."""
        fields = [("roles", str(role_id)) for role_id in self.roles.data or ()]
        return [*fields, ("etag", self.etag.data or ""), ("base", self.base.data or "")]

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
@sensitive
@requires(read=PermissionCode.USER_READ, change=PermissionCode.ROLE_ASSIGN)
def roles(user_id: int) -> ResponseReturnValue:
    """Change the roles of a user: select, review, save."""
    return RolesReview(RolesForm(), user_id).answer()


class RolesReview(Review):
    """The review of the roles of a user."""

    form: RolesForm
    review = staticmethod(users.review_roles)
    change = staticmethod(users.set_roles)

    def edit_page(self) -> ResponseReturnValue:
        """Return the page with the roles to select."""
        choices = self._choices()
        if not self.form.is_sent:
            self.form.start_from(choices)
        return self._page("users/roles.html", roles=choices)

    def review_page(self) -> ResponseReturnValue:
        """Return the page with the permissions gained and lost."""
        review = self.form.result
        return self._page(
            "users/roles_review.html",
            review=review,
            gained=domain_roles.describe_permissions(db.session, review.gained),
            lost=domain_roles.describe_permissions(db.session, review.lost),
        )

    def conflict_page(self, _error: Any) -> ResponseReturnValue:
        """Return the page with the roles as shown, as stored and as selected."""
        choices, base_ids = self._choices(), self.form.base_ids
        selected_ids = self.form.roles.data or ()
        author = self._author(choices)
        self.form.start_from(choices)
        return self._page(
            "users/roles_conflict.html",
            author=author,
            base=[choice.name for choice in choices if choice.id in base_ids],
            theirs=[choice.name for choice in choices if choice.is_held],
            yours=[choice.name for choice in choices if choice.id in selected_ids],
        )

    def saved_page(self) -> ResponseReturnValue:
        """Return to the page of the user."""
        flash("Saved the roles." if self.form.result else "No changes.", "success")
        return redirect(url_for(".show", user_id=self.ids[0]), 303)

    def _author(self, choices: list[RoleChoice]) -> Author | None:
        base_ids, user = self.form.base_ids, users.get(db.session, self.ids[0])
        if base_ids - {role.id for role in choices}:
            # A role was deleted, and its name is gone with it.
            return None
        added = {role.name for role in choices if role.is_held and role.id not in base_ids}
        removed = {role.name for role in choices if not role.is_held and role.id in base_ids}
        explains = conflicts.by_names("role", added, removed)
        contested = Contested(user.id, f"the roles of {user.username}", explains)
        return conflicts.author_of(conflicts.ASSIGNMENTS, contested)

    def _choices(self) -> list[RoleChoice]:
        return domain_roles.choices(db.session, self.ids[0])

    def _page(self, template: str, **values: Any) -> ResponseReturnValue:
        user = users.get(db.session, self.ids[0])
        return render_template(template, form=self.form, user=user, **values), self.form.status
