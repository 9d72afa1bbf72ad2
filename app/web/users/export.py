"""The users whom a filter lets pass, as a file."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import partial
from typing import Any

from flask import Response, render_template, request, url_for
from sqlalchemy import Row
from wtforms import HiddenField

from app import unit_of_work
from app.domain import paging, users
from app.domain.permissions import PermissionCode
from app.domain.target import Target
from app.domain.users import NameSearch, UserFilter
from app.extensions import db
from app.web import csv, downloads
from app.web.access import requires
from app.web.filters import iso
from app.web.forms import Form
from app.web.identity import current_actor
from app.web.users import listing
from app.web.users.section import blueprint

HEADER = (
    *("id", "username", "email", "full_name", "is_active", "is_verified", "roles"),
    "created_at (UTC)",
)
BETWEEN_ROLES = "; "
TARGET = Target("list", "users")


class ExportForm(Form):
    """Whom the filter of the list lets pass, which is sent along."""

    match_q = HiddenField()
    match_role = HiddenField()
    match_status = HiddenField()

    @property
    def wanted(self) -> UserFilter:
        """Which users to export."""
        return UserFilter(
            q=(self.match_q.data or "").strip(),
            role=self.match_role.data or "",
            status=self.match_status.data or "",
        )


@blueprint.route("/export", methods=["GET", "POST"])
@requires(read=PermissionCode.USER_READ, change=PermissionCode.USER_READ)
def export() -> str | Response:
    """Say what would be exported; send it, and record that it was."""
    asked = {f"match_{name}": request.args.get(name, "") for name in ("q", "role", "status")}
    form = ExportForm(**asked)
    if form.is_sent:
        return _download(form.wanted)
    names = users.names_of(db.session, form.wanted)
    return render_template(
        "users/export.html",
        form=form,
        narrowed=_in_words(form.wanted, names),
        count=users.count_for_export(db.session, form.wanted, names),
        most=paging.COUNTED,
        back=url_for(".index", **_present(form.wanted)),
    )


def _download(wanted: UserFilter) -> Response:
    found = users.export_matches(db.session, wanted)
    after = {"filter": _present(wanted)}
    unit_of_work.record("users:exported", TARGET, actor=current_actor(), after=after)
    batches = downloads.in_batches(partial(users.export_batch, found))
    return downloads.csv_file("users", csv.encoded(HEADER, map(_rows, batches)))


def _rows(batch: Iterable[Row[Any]]) -> Iterator[tuple[csv.Cell, ...]]:
    for row in batch:
        yield (
            row.id,
            row.username,
            row.email,
            row.full_name or "",
            _yes(is_so=row.is_active),
            _yes(is_so=row.is_verified),
            BETWEEN_ROLES.join(users.role_names(row.roles)),
            iso(row.created_at),
        )


def _yes(*, is_so: bool) -> str:
    return "yes" if is_so else "no"


def _present(wanted: UserFilter) -> dict[str, Any]:
    return {name: text for name, text in asdict(wanted).items() if text}


def _in_words(wanted: UserFilter, names: NameSearch | None) -> list[tuple[str, str]]:
    status = dict(listing.STATUSES).get(wanted.status, "") if wanted.status else ""
    role = "none" if wanted.role == listing.WITHOUT else wanted.role
    name = f"User name or email {listing.verb(names)}"
    facts = [(name, wanted.q), ("Role", role), ("Status", status)]
    return [(name, text) for name, text in facts if text]
