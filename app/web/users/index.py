"""The list of users."""

from flask import render_template

from app.domain import roles, users
from app.domain.paging import Cursors
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.web.access import requires
from app.web.users import filter_form, listing, selection
from app.web.users.blueprint import blueprint
from app.web.users.listing import UserListing


@blueprint.route("", methods=["GET", "POST"])
@requires(
    read=PermissionCode.USER_READ,
    change=(PermissionCode.ROLE_ASSIGN, PermissionCode.USER_UPDATE),
)
def index() -> str:
    """List users, filtered, sorted and paged by the URL; a form carries the selection along."""
    role_names, query = roles.all_names(db.session), selection.query()
    filters = filter_form.filters_asked_for(query, role_names)
    sort = query.get("sort") or listing.FIRST
    cursors = Cursors(query.get("after"), query.get("before"))
    result = users.list_page(db.session, filters, sort, cursors)
    return render_template(
        "users/index.html",
        listing=UserListing(filters, sort, result.page, result.names, cursors, selection.sent()),
        role_names=role_names,
    )
