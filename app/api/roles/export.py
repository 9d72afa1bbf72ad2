"""The export of roles and permissions."""

from flask import Response

from app.api import downloads
from app.api.downloads import FILE, SEPARATOR
from app.api.endpoint import endpoint
from app.api.roles.editing import READ
from app.api.roles.filters import FILTERS, filters_of
from app.domain import roles
from app.extensions import db


@endpoint("GET", "/exported-roles", needs=(READ,), query={**FILTERS, **SEPARATOR}, **FILE)
def export(query: dict[str, str]) -> Response:
    """Export the roles and permissions that match as a CSV file; the export is recorded."""
    filters, separator = filters_of(query), downloads.separator_of(query)
    found = roles.matching(roles.read_matrix(db.session), filters)
    downloads.record(roles.EXPORTED, roles.EXPORT_TARGET, downloads.active(filters))
    return downloads.csv_file("roles", roles.export_file(found, separator), separator)
