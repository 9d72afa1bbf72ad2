"""The import of a transfer file: uploaded or pasted, planned, saved as one change."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, TextAreaField

from app.domain import transfer
from app.domain.permissions import PermissionCode
from app.domain.transfer import ImportEdit, ImportPlan, TransferFile, TransferFormat
from app.web.access import requires, sensitive
from app.web.forms import REASON
from app.web.review import Review
from app.web.security import large_form
from app.web.transfer import plan_page
from app.web.transfer.blueprint import blueprint
from app.web.transfer.file_form import FileForm, secret_keys

CHANGES = (
    *(PermissionCode.SETTINGS_UPDATE, PermissionCode.SETTINGS_CREATE),
    *(PermissionCode.ROLE_UPDATE, PermissionCode.ROLE_CREATE, PermissionCode.ROLE_ASSIGN),
)


class ImportForm(FileForm):
    """A transfer file to import; ``confirmed`` saves, ``again`` goes back to the file."""

    anyway = BooleanField("Save values that a rule warns of")
    reason = TextAreaField("Reason", description=REASON)
    confirmed = BooleanField()
    again = BooleanField()

    @property
    def edit(self) -> ImportEdit:
        """The file, as the domain takes it."""
        return ImportEdit(
            self.file,
            self.reason.data or "",
            anyway=self.anyway.data,
            reviewed=self.reviewed.data or "",
        )


@blueprint.route("/import", methods=["GET", "POST"], endpoint="import")
@sensitive
@requires(change=CHANGES)
@large_form
def import_() -> ResponseReturnValue:
    """Show the plan of an import, and carry it out."""
    return ImportReview(ImportForm()).answer()


class ImportReview(Review):
    """The review of an import."""

    form: ImportForm
    review = staticmethod(transfer.review_import)
    change = staticmethod(transfer.import_file)

    def edit_page(self) -> ResponseReturnValue:
        """Return the page that takes the file."""
        form = self.form
        if form.again.data and form.validate():
            form.text.data = transfer.written(form.file, TransferFormat.YAML)
        form.forget_secrets()
        return render_template("transfer/importing.html", form=form), form.status

    def review_page(self) -> ResponseReturnValue:
        """Return the page with the plan."""
        return page_of(self.form, self.form.result, self.form.file)

    def conflict_page(self, _error: Any) -> ResponseReturnValue:
        """Return the page that takes the file."""
        return self.edit_page()

    def saved_page(self) -> ResponseReturnValue:
        """Return to the page of the section, with the result."""
        plan = self.form.result
        flash(plan_page.in_brief(plan), "success" if plan.saved else "info")
        return redirect(url_for("transfer.index"), 303)


def page_of(form: ImportForm, plan: ImportPlan, file: TransferFile) -> ResponseReturnValue:
    """Return the page with the plan; its form holds the file, without the values of secrets."""
    form.text.data = transfer.written(file.without(secret_keys("", file)), TransferFormat.JSON)
    page = render_template(
        "transfer/import_review.html", form=form, plan=plan, cards=plan_page.cards(plan)
    )
    return page, form.status
