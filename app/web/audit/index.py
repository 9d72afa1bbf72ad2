"""The audit log."""

from flask import render_template, request

from app.domain import audit, event_names
from app.domain.paging import Cursors
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.web.access import requires
from app.web.audit import filters, suggestions
from app.web.audit.blueprint import blueprint
from app.web.audit.listing import SaveListing
from app.web.events import secret_marks


@blueprint.get("")
@requires(read=PermissionCode.AUDIT_READ)
def index() -> str:
    """List saves with their events, filtered and paged by the URL."""
    url_filters = filters.of(request.args)
    cursors = Cursors(request.args.get("after"), request.args.get("before"))
    wanted = event_names.meant(db.session, url_filters.events)
    page = audit.list_saves(db.session, wanted, cursors)
    marks = secret_marks.marks_for(event for save in page.saves for event in save.events)
    names = audit.names_of_ids(db.session, url_filters.events)
    listing = SaveListing(url_filters, page, marks, names)
    suggested = () if page.saves else suggestions.of(url_filters)
    return render_template("audit/index.html", listing=listing, suggested=suggested)
