"""The export of users as a CSV file."""

from dataclasses import asdict
from functools import partial
from typing import Any

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue

from app import unit_of_work
from app.domain import paging, users
from app.domain.csv import Separator
from app.domain.filter_words import meant
from app.domain.permissions import PermissionCode
from app.domain.users import NameSearch, UserFilter
from app.extensions import db
from app.web.access import requires
from app.web.files import downloads
from app.web.files.downloads import DownloadForm
from app.web.saving import accepted
from app.web.session.identity import current_actor
from app.web.users import choices, filter_form, listing
from app.web.users.blueprint import blueprint
from app.web.users.filter_form import UserFilterForm


class UserExportForm(UserFilterForm, DownloadForm):
    """The filter of the list, and the separator of the file."""


@blueprint.route("/export", methods=["GET", "POST"])
@requires(read=PermissionCode.USER_READ, change=PermissionCode.USER_READ)
def export() -> ResponseReturnValue:
    """Show the number of users to export; send the file, and record the export."""
    url_filters = filter_form.filters_of_url()
    form = UserExportForm(**{f"match_{name}": text for name, text in asdict(url_filters).items()})
    return _download(form) if accepted(form) else (_page(form), form.status)


def _page(form: UserExportForm) -> str:
    filters = form.filters
    names = users.names_of(db.session, filters)
    return render_template(
        "users/export.html",
        form=form,
        filters=_described(filters, names),
        count=users.count_for_export(db.session, filters, names),
        limit=paging.COUNTED,
        back=url_for(".index", **_active(filters)),
    )


def _download(form: UserExportForm) -> Response:
    filters, separator = form.filters, Separator(form.separator.data)
    matches = users.export_matches(db.session, filters)
    after = {"filter": _active(filters)}
    unit_of_work.record(users.EXPORTED, users.EXPORT_TARGET, actor=current_actor(), after=after)
    batches = unit_of_work.in_batches(partial(users.export_batch, matches))
    return downloads.csv_file("users", users.export_file(batches, separator), separator)


def _active(filters: UserFilter) -> dict[str, Any]:
    return {name: text for name, text in asdict(filters).items() if text}


def _described(filters: UserFilter, names: NameSearch | None) -> list[tuple[str, str]]:
    facts = {
        f"User name or email {listing.verb(names)}": filters.q,
        "Role": filters.role and (meant(filters.role) or "without a role"),
        "Status": dict(choices.STATUSES).get(filters.status, "") if filters.status else "",
        "Kind": filters.kind and dict(choices.KINDS).get(filters.kind, ""),
        "Last signed in": filters.signed_in and dict(choices.SIGNED_IN).get(filters.signed_in, ""),
    }
    return [(label, text) for label, text in facts.items() if text]
