"""The export of the audit log as a CSV file, or as a JSON object in each line."""

from functools import partial

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectField
from wtforms.fields import SelectChoice

from app import unit_of_work
from app.domain import audit, event_export, event_names, paging, settings
from app.domain.csv import Separator
from app.domain.event_export import ExportFormat
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.web.access import requires
from app.web.audit import filters
from app.web.audit.blueprint import blueprint
from app.web.audit.filters import UrlFilters
from app.web.audit.listing import SaveListing
from app.web.files import downloads
from app.web.files.downloads import DownloadForm
from app.web.saving import accepted
from app.web.session.identity import current_actor


class AuditExportForm(DownloadForm):
    """The filter of the audit log as the query of its URL, and the format of the file."""

    query = HiddenField()
    format = SelectField(
        "Format",
        choices=[
            SelectChoice(ExportFormat.CSV.value, "CSV"),
            SelectChoice(ExportFormat.JSON_LINES.value, "JSON lines"),
        ],
        default=ExportFormat.CSV.value,
        description="JSON lines are for programs: one object in each line, values as they are.",
    )

    @property
    def filters(self) -> UrlFilters:
        """The filter."""
        return filters.of_query(self.query.data or "")


@blueprint.route("/export", methods=["GET", "POST"])
@requires(read=PermissionCode.AUDIT_READ, change=PermissionCode.AUDIT_READ)
def export() -> ResponseReturnValue:
    """Show the number of events to export; send the file, and record the export."""
    form = AuditExportForm(query=request.query_string.decode(errors="replace"))
    return _download(form) if accepted(form) else (_page(form), form.status)


def _page(form: AuditExportForm) -> str:
    events = event_names.meant(db.session, form.filters.events)
    listing = SaveListing(form.filters, names=audit.names_of_ids(db.session, form.filters.events))
    return render_template(
        "audit/export.html",
        form=form,
        facts=[text for text, _ in listing.chips],
        count=audit.count_for_export(db.session, events),
        limit=paging.COUNTED,
        back=listing.first_url,
    )


def _download(form: AuditExportForm) -> Response:
    wanted, separator = form.filters, Separator(form.separator.data)
    events = unit_of_work.read(lambda: event_names.meant(db.session, wanted.events))
    after = {"filter": wanted.active, "format": form.format.data}
    target, actor = event_export.TARGET, current_actor()
    unit_of_work.record(event_export.ACTION, target, actor=actor, after=after)
    batches = unit_of_work.in_batches(partial(audit.export_batch, events))
    marks = settings.secret_marks(db.session)
    pieces = event_export.encoded(batches, marks, form.format.data, separator)
    if form.format.data == ExportFormat.JSON_LINES:
        return downloads.attachment("audit-log", "jsonl", pieces, "application/jsonl")
    return downloads.csv_file("audit-log", pieces, separator)
