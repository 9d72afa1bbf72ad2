"""The export of settings, rules, roles and assignments as a transfer file."""

from flask import Response, g, render_template
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice

from app import unit_of_work
from app.domain import transfer
from app.domain.permissions import PermissionCode
from app.domain.transfer import Part, TransferFile, TransferFormat
from app.extensions import db
from app.web.access import requires
from app.web.files import downloads
from app.web.forms import Form
from app.web.saving import reviewed
from app.web.session.identity import current_actor
from app.web.transfer.blueprint import blueprint

READS = (PermissionCode.SETTINGS_READ, PermissionCode.ROLE_READ, PermissionCode.USER_READ)
TYPES = {TransferFormat.YAML: "application/yaml", TransferFormat.JSON: "application/json"}


class ExportForm(Form):
    """The parts of the file, and its format."""

    with_settings = BooleanField("Settings", default=True)
    with_rules = BooleanField("Rules for values", default=True)
    with_relations = BooleanField("Relations between settings", default=True)
    with_categories = BooleanField("Categories that need a reason", default=True)
    with_roles = BooleanField("Roles and their permissions", default=True)
    with_assignments = BooleanField("Assignments: the roles of each user", default=True)
    format = SelectField(
        "Format",
        choices=[
            SelectChoice(TransferFormat.YAML.value, "YAML"),
            SelectChoice(TransferFormat.JSON.value, "JSON"),
        ],
        default=TransferFormat.YAML.value,
        description="Both hold the same. YAML is easier to read and to edit.",
    )

    def __init__(self) -> None:
        super().__init__()
        for part in Part:
            if not g.me.can(part.needs):
                delattr(self, f"with_{part}")

    @property
    def edit(self) -> frozenset[Part]:
        """The chosen parts."""
        chosen = {part: self._fields.get(f"with_{part}") for part in Part}
        return frozenset(part for part, field in chosen.items() if field and field.data)


@blueprint.route("/export", methods=["GET", "POST"])
@requires(change=READS)
def export() -> ResponseReturnValue:
    """Show the parts to export; send the file, and record the export."""
    form = ExportForm()
    if reviewed(form, transfer.export):
        return _download(form.result, TransferFormat(form.format.data))
    parts = [form[f"with_{part}"] for part in Part if f"with_{part}" in form]
    return render_template("transfer/export.html", form=form, parts=parts), form.status


def _download(file: TransferFile, file_format: TransferFormat) -> Response:
    db.session.rollback()
    text = transfer.written(file, file_format)
    after = {"parts": file.parts, "format": file_format.value}
    unit_of_work.record(transfer.EXPORTED, transfer.TARGET, actor=current_actor(), after=after)
    return downloads.attachment("console", file_format.value, [text.encode()], TYPES[file_format])
