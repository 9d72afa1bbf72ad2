"""The bulk change of users: selected in the list, reviewed, saved, reported one by one."""

from dataclasses import asdict, dataclass
from typing import NamedTuple

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, StringField, TextAreaField, ValidationError

from app.domain import roles, users
from app.domain.permissions import PermissionCode
from app.domain.phrases import counted
from app.domain.users import (
    BulkAction,
    BulkEdit,
    BulkPerson,
    BulkPlan,
    Selection,
)
from app.extensions import db
from app.web import redirects
from app.web.access import requires, sensitive
from app.web.forms import REASON
from app.web.review import Review, ReviewedForm
from app.web.row_ids import NUMBER, joined, possible_id
from app.web.users import listing
from app.web.users.blueprint import blueprint
from app.web.users.filter_form import UserFilterForm
from app.web.users.selection import SelectionForm

NAMED_IN_REVIEW, NAMED_IN_RESULT = 100, 500
CHANGES_PER_SECOND = 500


class ActionTexts(NamedTuple):
    """The texts of a bulk action: its title, button and result."""

    title: str
    button: str
    done: str


TEXTS = {
    BulkAction.ASSIGN: ActionTexts(
        "Assign the role {role} to {users}",
        "Assign the role",
        "Assigned the role {role} to {users}",
    ),
    BulkAction.UNASSIGN: ActionTexts(
        "Remove the role {role} from {users}",
        "Remove the role",
        "Removed the role {role} from {users}",
    ),
    BulkAction.ACTIVATE: ActionTexts("Activate {users}", "Activate them", "Activated {users}"),
    BulkAction.DEACTIVATE: ActionTexts(
        "Deactivate {users}", "Deactivate them", "Deactivated {users}"
    ),
}


class BulkForm(UserFilterForm, SelectionForm, ReviewedForm):
    """An action on selected users, or on all who match the filter if the scope is "all".

    ``etag`` and ``count`` are those of the reviewed users, ``next`` is the URL of the list.
    ``confirmed`` saves; ``start`` shows the reviewed users from a position on.
    """

    action = HiddenField()
    scope = HiddenField()
    with_role = HiddenField()
    etag = HiddenField()
    count = HiddenField()
    next = HiddenField()
    reason = TextAreaField("Reason", description=REASON)
    confirmed = BooleanField()
    again = BooleanField()
    start = StringField()

    def validate_action(self, field: HiddenField) -> None:
        """Refuse an action that no button of the list sends."""
        if field.data not in set(BulkAction):
            raise ValidationError("Choose an action.")

    @property
    def is_all(self) -> bool:
        """Tell whether all users who match the filter are selected."""
        return bool(self.scope.data == "all")

    @property
    def edit(self) -> BulkEdit:
        """The action and the selection, as the domain takes them."""
        filters = self.filters if self.is_all else None
        count = self.count.data or ""
        return BulkEdit(
            action=BulkAction(self.action.data),
            selection=Selection(self.selected, filters),
            role=self.with_role.data or "",
            etag=self.etag.data or "",
            count=int(count) if NUMBER.fullmatch(count) else 0,
            reason=self.reason.data or "",
            reviewed=self.reviewed.data or "",
        )

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The selection as hidden fields; none if nobody is selected."""
        if self.is_all:
            filters = [(f"match_{name}", text) for name, text in asdict(self.filters).items()]
            fields = [("scope", "all"), *filters]
        else:
            fields = [("others", joined(self.selected))] if self.selected else []
        return [*fields, ("next", self.back)] if fields else []

    @property
    def selected_label(self) -> str:
        """The size of the selection, before its actions."""
        if self.is_all:
            return "All who match the filter are selected:"
        return f"Selected {counted(len(self.selected), 'user')}:"

    @property
    def back(self) -> str:
        """The URL of the list that the change began in."""
        url = self.next.data or ""
        return url if redirects.is_ours(url) else url_for("users.index")

    @property
    def is_from_list(self) -> bool:
        """Tell whether the users were selected in the list, which takes the selection back."""
        return self.back.partition("?")[0] == url_for("users.index") and not self.is_all


@dataclass(frozen=True)
class BulkReport:
    """A plan in words.

    Attributes:
        plan: The outcome for each user.
        limit: The highest number of users to name with each outcome.
        start: The position of the first of them.
    """

    plan: BulkPlan
    limit: int
    start: int = 0

    @property
    def previous(self) -> int | None:
        """The start of the page before; None for the first page."""
        return max(self.start - self.limit, 0) if self.start else None

    @property
    def next(self) -> int | None:
        """The start of the page after; None for the last page."""
        counts = (len(people) for people in self.plan.outcomes.values())
        after = self.start + self.limit
        return after if after < max(counts) else None

    @property
    def texts(self) -> ActionTexts:
        """The texts of the action, with the role, and the number of users or the name of one."""
        changed, texts = self.plan.changed, TEXTS[self.plan.action]
        users = changed[0].display_name if len(changed) == 1 else counted(len(changed), "user")
        return ActionTexts(*(text.format(role=self.plan.role, users=users) for text in texts))

    @property
    def skipped(self) -> list[tuple[str, list[BulkPerson]]]:
        """The users who are skipped, by the reason."""
        plan = self.plan
        return [(outcome.reason(plan.action), list(people)) for outcome, people in plan.skipped]

    @property
    def seconds(self) -> int:
        """The time that the change may take; 0 if it is too short to mention."""
        return len(self.plan.changed) // CHANGES_PER_SECOND

    @property
    def takes_from_me(self) -> bool:
        """Tell whether the person takes access from themselves."""
        is_changed = any(person.id == g.me.id for person in self.plan.changed)
        return is_changed and self.plan.action.takes_away


@blueprint.route("/bulk", methods=["GET", "POST"])
@sensitive
@requires(
    read=PermissionCode.USER_READ,
    change=(PermissionCode.ROLE_ASSIGN, PermissionCode.USER_UPDATE),
)
def bulk() -> ResponseReturnValue:
    """Review a change of many users, carry it out, and report the outcome for each."""
    return BulkReview(BulkForm()).answer()


class BulkReview(Review):
    """The review of a bulk change."""

    form: BulkForm
    review = staticmethod(users.review_many)
    change = staticmethod(users.change_many)

    def is_edited_again(self) -> bool:
        """Review kept input, too: its form is the list."""
        return False

    def edit_page(self) -> ResponseReturnValue:
        """Return the page that keeps the selection, or leads to the list if there is none."""
        form = self.form
        page = render_template(
            "users/bulk.html",
            form=form,
            back=form.back,
            actions=listing.allowed_actions(),
            role_names=roles.all_names(db.session) if form.pairs else [],
        )
        return page, form.status

    def review_page(self) -> ResponseReturnValue:
        """Return the page with the outcome for each user."""
        form, plan = self.form, self.form.result
        form.etag.data, form.count.data = plan.etag, str(plan.count)
        form.others.data = joined(form.selected)
        page = render_template(
            "users/bulk_review.html",
            form=form,
            report=BulkReport(plan, NAMED_IN_REVIEW, min(possible_id(form.start.data), plan.count)),
            permissions=roles.describe_permissions(db.session, plan.codes) if plan.codes else [],
            back=form.back,
        )
        return page, form.status

    def saved_page(self) -> ResponseReturnValue:
        """Return the page that reports the outcome for each user."""
        report = BulkReport(self.form.result, NAMED_IN_RESULT)
        page = render_template("users/bulk_result.html", report=report, back=self.form.back)
        return page, self.form.status
