"""Many users at once: chosen in the list, reviewed, changed, and told one by one."""

from dataclasses import dataclass

from flask import g, render_template, url_for

from app.domain import roles, users
from app.domain.errors import InvalidValue
from app.domain.permissions import PermissionCode
from app.domain.phrases import counted
from app.domain.users import (
    BulkAction,
    BulkOutcome,
    BulkPerson,
    BulkPlan,
    SelectionChangedMeanwhile,
)
from app.extensions import db
from app.web import redirects
from app.web.access import requires
from app.web.identity import current_actor
from app.web.saving import Page, reviewed_with, saved_with
from app.web.users.forms import BulkForm
from app.web.users.section import blueprint

REVIEWED_AGAIN = (SelectionChangedMeanwhile, InvalidValue)
REVIEWED, TOLD = 20, 500
PER_SECOND = 500


@dataclass(frozen=True)
class Words:
    """How an action is called: on its page and button, when it is done, and when it is needless."""

    title: str
    button: str
    done: str
    already: str


WORDS = {
    BulkAction.ASSIGN: Words(
        "Assign the role {role} to {who}",
        "Assign the role",
        "Assigned the role {role} to {who}",
        "Hold the role already",
    ),
    BulkAction.UNASSIGN: Words(
        "Unassign the role {role} from {who}",
        "Unassign the role",
        "Unassigned the role {role} from {who}",
        "Do not hold the role",
    ),
    BulkAction.ACTIVATE: Words(
        "Activate {who}", "Activate them", "Activated {who}", "Are active already"
    ),
    BulkAction.DEACTIVATE: Words(
        "Deactivate {who}", "Deactivate them", "Deactivated {who}", "Are not active anyway"
    ),
}
LEFT = {
    BulkOutcome.BEYOND: "Hold permissions that you do not hold",
    BulkOutcome.LAST: "Nobody else would be left to administer the console",
}


@dataclass(frozen=True)
class Report:
    """What is or was done to whom, in words.

    Attributes:
        plan: What is done to whom.
        most: How many people are named of each kind.
    """

    plan: BulkPlan
    most: int

    @property
    def title(self) -> str:
        """What would be done."""
        return self._said(WORDS[self.plan.action].title)

    @property
    def done(self) -> str:
        """What was done."""
        return self._said(WORDS[self.plan.action].done)

    @property
    def button(self) -> str:
        """What the button does."""
        return WORDS[self.plan.action].button

    @property
    def skipped(self) -> list[tuple[str, list[BulkPerson]]]:
        """Those who are left as they are, by the reason in words."""
        sentences = {**LEFT, BulkOutcome.ALREADY: WORDS[self.plan.action].already}
        return [(sentences[outcome], list(people)) for outcome, people in self.plan.skipped]

    @property
    def seconds(self) -> int:
        """How long it may take; 0 where it is not worth a word."""
        return len(self.plan.changed) // PER_SECOND

    @property
    def is_about_me(self) -> bool:
        """Tell whether the person takes something away from themselves."""
        mine = any(person.id == g.me.id for person in self.plan.changed)
        return mine and self.plan.action.takes_away

    def _said(self, sentence: str) -> str:
        who = counted(len(self.plan.changed), "user")
        return sentence.format(role=self.plan.role, who=who)


@blueprint.route("/bulk", methods=["GET", "POST"])
@requires(
    read=PermissionCode.USER_READ,
    change=(PermissionCode.ROLE_ASSIGN, PermissionCode.USER_UPDATE),
)
def change_many() -> Page:
    """Review what would be done to many users, do it, and tell what became of each."""
    form = BulkForm()
    back = form.next.data or ""
    back = back if redirects.is_ours(back) else url_for(".index")
    change = lambda: users.change_many(db.session, form.edit, actor=current_actor())  # noqa: E731 - one domain call
    if form.confirmed.data and saved_with(form, change):
        report = Report(form.result, TOLD)
        return render_template("users/bulk_done.html", report=report, back=back), form.status
    if not _is_reviewed(form):
        return render_template("users/bulk_none.html", form=form, back=back), form.status
    plan = form.result
    form.start_from(plan.etag, plan.count)
    page = render_template(
        "users/bulk_review.html",
        form=form,
        report=Report(plan, REVIEWED),
        permissions=roles.describe_permissions(db.session, plan.codes) if plan.codes else [],
        back=back,
    )
    return page, form.status


def _is_reviewed(form: BulkForm) -> bool:
    if form.rule_error is not None and not isinstance(form.rule_error, REVIEWED_AGAIN):
        return False
    errors = form.reason.errors
    is_reviewed = reviewed_with(
        form, lambda: users.review_many(db.session, form.edit, actor=current_actor())
    )
    # To be looked at again, the form is checked again, which forgets what the save refused.
    form.reason.errors = errors
    return is_reviewed
