"""Values of settings from a .env file: pasted here, planned and saved as an import."""

from flask import render_template
from flask.typing import ResponseReturnValue
from wtforms import ValidationError

from app.domain import transfer
from app.domain.errors import InvalidValue
from app.domain.permissions import PermissionCode
from app.domain.transfer import ImportEdit, TransferFile
from app.web.access import requires
from app.web.forms import Form, SecretField
from app.web.saving import reviewed
from app.web.security import large_form
from app.web.transfer import importing
from app.web.transfer.blueprint import blueprint
from app.web.transfer.importing import ImportForm


class EnvForm(Form):
    """The lines of a .env file, which may hold secrets and are never written back."""

    pasted = SecretField("Lines of the file")

    @property
    def edit(self) -> ImportEdit:
        """The settings of the file, as the domain takes them."""
        return ImportEdit(self.file)

    def validate_pasted(self, field: SecretField) -> None:
        """Read the file."""
        self.file = TransferFile()
        try:
            self.file = transfer.read_env(field.data or "")
        except InvalidValue as mistake:
            raise ValidationError(str(mistake)) from mistake


@blueprint.route("/env", methods=["GET", "POST"])
@requires(
    read=PermissionCode.SETTINGS_READ,
    change=(PermissionCode.SETTINGS_UPDATE, PermissionCode.SETTINGS_CREATE),
)
@large_form
def env() -> ResponseReturnValue:
    """Show the plan of an import of pasted lines, which the page of imports carries out."""
    form = EnvForm()
    if not reviewed(form, transfer.review_import):
        return render_template("transfer/env.html", form=form), form.status
    planned = ImportForm(formdata=None)
    planned.carry(form.result.content)
    # What names no setting may be a secret all the same.
    return importing.page_of(planned, form.result, form.result.accepted)
