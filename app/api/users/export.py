"""The export of users."""

from functools import partial

from flask import Response

from app import unit_of_work
from app.api import downloads
from app.api.downloads import FILE, SEPARATOR
from app.api.endpoint import endpoint
from app.api.users.accounts import FILTERS, READ, filters_of
from app.domain import users
from app.extensions import db


@endpoint("GET", "/exported-users", needs=(READ,), query={**FILTERS, **SEPARATOR}, **FILE)
def export(query: dict[str, str]) -> Response:
    """Export the users who match the filters as a CSV file; the export is recorded."""
    filters, separator = filters_of(query), downloads.separator_of(query)
    matches = users.export_matches(db.session, filters)
    downloads.record(users.EXPORTED, users.EXPORT_TARGET, downloads.active(filters))
    batches = unit_of_work.in_batches(partial(users.export_batch, matches))
    return downloads.csv_file("users", users.export_file(batches, separator), separator)
