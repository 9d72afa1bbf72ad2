"""Users created from a CSV file: previewed, created batch by batch, reported row by row."""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, TextAreaField, ValidationError

from app import config, unit_of_work
from app.domain import transfer
from app.domain.errors import InvalidValue, RuleError
from app.domain.permissions import PermissionCode
from app.domain.plan_lines import PlanOutcome
from app.domain.transfer import RowResult, SeenRows, UserRow
from app.extensions import db
from app.http.statuses import status_of
from app.web.access import requires, sensitive
from app.web.forms import PLAIN, REASON, Form
from app.web.kept_input import UPLOAD
from app.web.saving import accepted
from app.web.security import large_form
from app.web.session.identity import current_actor
from app.web.transfer.blueprint import blueprint

SHOWN = 200
PREVIEW = {
    PlanOutcome.REFUSED: "Refused",
    PlanOutcome.ADD: "Will be created",
    PlanOutcome.UNCHANGED: "Left as they are",
}
RESULT = PREVIEW | {PlanOutcome.ADD: "Created"}


class UsersForm(Form):
    """A CSV file of users; ``confirmed`` creates them, ``again`` goes back to the file.

    Attributes:
        users: The rows, once the form is validated.
    """

    csv_text = TextAreaField("Content of the file", render_kw=PLAIN)
    reason = TextAreaField("Reason", description=REASON)
    confirmed = BooleanField()
    again = BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.users: list[UserRow] = []

    def validate_csv_text(self, field: TextAreaField) -> None:
        """Read the file."""
        try:
            if (upload := request.files.get(UPLOAD)) and upload.filename:
                field.data = transfer.read_text(upload.stream)
            self.users = transfer.read_users(field.data or "", config.current().email_domains)
        except InvalidValue as mistake:
            raise ValidationError(str(mistake)) from mistake


@dataclass(frozen=True)
class UsersReport:
    """The outcomes of all rows, under their headings."""

    results: list[RowResult]
    titles: dict[PlanOutcome, str]

    @property
    def is_done(self) -> bool:
        """Tell whether the users were created."""
        return self.titles is RESULT

    @property
    def cards(self) -> list[tuple[str, list[RowResult], list[RowResult]]]:
        """The heading, the first rows and the other rows of each outcome."""
        found = [
            (title, [row for row in self.results if row.line.outcome is outcome])
            for outcome, title in self.titles.items()
        ]
        return [(title, rows[:SHOWN], rows[SHOWN:]) for title, rows in found if rows]

    @property
    def refused(self) -> int:
        """The number of rows that are refused."""
        return sum(row.line.outcome is PlanOutcome.REFUSED for row in self.results)

    @property
    def created(self) -> int:
        """The number of users who are created."""
        return sum(row.line.outcome is PlanOutcome.ADD for row in self.results)


@blueprint.route("/users", methods=["GET", "POST"], endpoint="users")
@sensitive
@requires(read=PermissionCode.USER_CREATE, change=PermissionCode.USER_CREATE)
@large_form
def users_() -> ResponseReturnValue:
    """Preview the users of a file, create them, and report each row."""
    form = UsersForm()
    report = _report(form) if accepted(form) and not form.again.data else None
    page = render_template("transfer/users.html", form=form, report=report)
    return page, form.status


def _report(form: UsersForm) -> UsersReport | None:
    try:
        if form.confirmed.data:
            return UsersReport(_created(form), RESULT)
        return UsersReport(_planned(form), PREVIEW)
    except RuleError as refusal:
        form.refuse(refusal, status_of(refusal))
        # The reason is corrected at the preview, everything else in the file.
        return UsersReport(_planned(form), PREVIEW) if form.reason.errors else None


def _planned(form: UsersForm) -> list[RowResult]:
    seen, actor = SeenRows(), current_actor()
    results = []
    for batch in transfer.batches(form.users):
        results += transfer.plan_rows(db.session, batch, seen, actor=actor)
    return results


def _created(form: UsersForm) -> list[RowResult]:
    reason, actor = form.reason.data or "", current_actor()
    results = []
    for batch in transfer.batches(form.users):
        create = _Creation(batch, reason)
        results += unit_of_work.carry_out(create, actor=actor)
    return results


@dataclass(frozen=True)
class _Creation:
    """The creation of one batch, as a unit of work calls it."""

    rows: Any
    reason: str

    def __call__(self) -> list[RowResult]:
        return transfer.create_rows(db.session, self.rows, self.reason, actor=current_actor())
