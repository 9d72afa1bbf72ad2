"""The comparison of a transfer file with what is stored; it changes nothing."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.domain import transfer
from app.domain.transfer import ImportEdit
from app.web.access import requires
from app.web.saving import reviewed
from app.web.security import large_form
from app.web.transfer import plan_page
from app.web.transfer.blueprint import blueprint
from app.web.transfer.export import READS
from app.web.transfer.file_form import FileForm


class CompareForm(FileForm):
    """A transfer file to compare."""

    @property
    def edit(self) -> ImportEdit:
        """The file, as the domain takes it."""
        return ImportEdit(self.file)


@blueprint.route("/compare", methods=["GET", "POST"])
@requires(change=READS)
@large_form
def compare() -> ResponseReturnValue:
    """Show the differences between a file, of another environment for instance, and here."""
    form = CompareForm()
    is_compared = reviewed(form, transfer.compare)
    form.forget_secrets()
    plan = form.result if is_compared else None
    cards = plan_page.cards(plan, is_compared=True) if plan else []
    return render_template("transfer/compare.html", form=form, plan=plan, cards=cards), form.status
