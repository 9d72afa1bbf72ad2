"""The export of the audit log as a CSV file, or as a JSON object in each line."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from wtforms import HiddenField, SelectField
from wtforms.fields import SelectChoice

from app import unit_of_work
from app.domain import audit, paging, settings
from app.domain.audit import Fields
from app.domain.permissions import PermissionCode
from app.domain.target import Target
from app.extensions import db
from app.web.access import requires
from app.web.audit import filters
from app.web.audit.blueprint import blueprint
from app.web.audit.filters import UrlFilters
from app.web.audit.listing import SaveListing
from app.web.files import csv, downloads
from app.web.files.csv import Separator
from app.web.files.downloads import DownloadForm
from app.web.filters import iso
from app.web.saving import accepted
from app.web.session.identity import current_actor

CSV, JSON_LINES = "csv", "jsonl"
COLUMNS = (
    *("id", "at", "actor_kind", "actor_name", "actor_id", "action", "target_type", "target_name"),
    *("target_id", "before", "after", "reason", "address", "request_id", "save_id"),
)
HEADER = tuple("at (UTC)" if name == "at" else name for name in COLUMNS)
TARGET = Target("list", "audit log")


class AuditExportForm(DownloadForm):
    """The filter of the audit log as the query of its URL, and the format of the file."""

    query = HiddenField()
    format = SelectField(
        "Format",
        choices=[SelectChoice(CSV, "CSV"), SelectChoice(JSON_LINES, "JSON lines")],
        default=CSV,
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
    listing = SaveListing(form.filters)
    return render_template(
        "audit/export.html",
        form=form,
        facts=[text for text, _ in listing.chips],
        count=audit.count_for_export(db.session, form.filters.events),
        limit=paging.COUNTED,
        back=listing.first_url,
    )


def _download(form: AuditExportForm) -> Response:
    wanted = form.filters
    events = wanted.events
    after = {"filter": wanted.active, "format": form.format.data}
    unit_of_work.record("events:exported", TARGET, actor=current_actor(), after=after)
    batches = downloads.in_batches(partial(audit.export_batch, events))
    if form.format.data == JSON_LINES:
        lines = map(_lines, batches)
        return downloads.attachment("audit-log", "jsonl", lines, "application/jsonl")
    separator = Separator(form.separator.data)
    pieces = csv.encoded(HEADER, map(_rows, batches), separator)
    return downloads.csv_file("audit-log", pieces, separator)


def _rows(batch: Iterable[Row[Any]]) -> Iterator[Sequence[csv.Cell]]:
    for event in map(_exported, batch):
        yield [
            json.dumps(cell, ensure_ascii=False) if isinstance(cell, dict) else cell or ""
            for cell in event.values()
        ]


def _lines(batch: Iterable[Row[Any]]) -> bytes:
    lines = (json.dumps(event, ensure_ascii=False) for event in map(_exported, batch))
    return "".join(f"{line}\n" for line in lines).encode()


def _exported(row: Row[Any]) -> dict[str, Any]:
    event = {name: getattr(row, name) for name in COLUMNS}
    sides = {side: _side(row, event[side]) for side in ("before", "after")}
    return event | {"at": iso(row.at)} | sides


def _side(row: Row[Any], text: str | None) -> Fields | None:
    if text is None:
        return None
    fields = audit.fields_of(text)
    is_secret = row.target_type == "setting" and settings.is_secret(row.target_name)
    if is_secret and fields.get("value") is not None:
        return fields | {"value": settings.HIDDEN}
    return fields
