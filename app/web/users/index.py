"""The list of users."""

from flask import render_template, request

from app.domain import roles, users
from app.domain.paging import Cursors
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.web.access import requires
from app.web.users import filter_form, listing
from app.web.users.blueprint import blueprint
from app.web.users.listing import UserListing


@blueprint.get("")
@requires(read=PermissionCode.USER_READ)
def index() -> str:
    """List users, filtered, sorted and paged by the URL."""
    role_names = roles.all_names(db.session)
    filters = filter_form.filters_of_url(role_names)
    sort = request.args.get("sort") or listing.FIRST
    cursors = Cursors(request.args.get("after"), request.args.get("before"))
    result = users.list_page(db.session, filters, sort, cursors)
    return render_template(
        "users/index.html",
        listing=UserListing(filters, sort, result.page, result.names),
        role_names=role_names,
    )
