"""The page with all settings as they were at a time; chosen ones are restored as one save."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import NamedTuple

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.domain import settings
from app.domain.errors import InvalidValue
from app.domain.permissions import PermissionCode
from app.domain.settings import AsOf, PastValue, SettingFilter
from app.extensions import db
from app.models.base import utcnow
from app.web import guard
from app.web.access import requires
from app.web.differences import Comparison, compare
from app.web.row_ids import joined, selected_ids
from app.web.security import many_fields
from app.web.settings import past_times
from app.web.settings.blueprint import SEEN_BY, blueprint
from app.web.settings.listing import Listing
from app.web.settings.past_times import PastTime
from app.web.settings.review import ReviewForm, review_page, take_restored
from app.web.settings.rows import bulk_rows
from app.web.settings.value_form import NOT_SET
from app.web.urls import queried

WRITTEN = "%Y-%m-%d %H:%M:%S UTC"
ALL, NONE = "all", "none"
NOTHING_CHOSEN = "Choose at least one setting to restore."


class AsOfForm(ReviewForm):
    """The settings whose earlier values are to be restored."""

    chosen = selected_ids("Settings")
    chosen_deleted = selected_ids("Deleted settings")

    @property
    def is_chosen(self) -> bool:
        """Tell whether settings were chosen."""
        return self.is_sent and bool(self.chosen.data or self.chosen_deleted.data)


class PastRow(NamedTuple):
    """A setting that differed, with the difference from then to later.

    Attributes:
        box: The name and the value of the box that chooses it; None where it cannot be restored.
        why_not: The reason why it cannot.
    """

    past: PastValue
    comparison: Comparison
    box: tuple[str, int] | None
    why_not: str


@blueprint.route("/past", methods=["GET", "POST"])
@requires(read=PermissionCode.SETTINGS_READ, change=PermissionCode.SETTINGS_UPDATE)
@many_fields
def past() -> ResponseReturnValue:
    """Compare all settings at two times, and restore the values of chosen ones."""
    if not any(map(g.me.can, SEEN_BY)):
        guard.deny(SEEN_BY[0])
    at, to = past_times.of_url("at"), past_times.of_url("to")
    found = settings.as_of(db.session, at.moment if at else utcnow(), to.moment if to else None)
    form = AsOfForm()
    if form.is_chosen and at:
        return _review(form, found, at.moment)
    if form.is_sent:
        form.refuse(InvalidValue(NOTHING_CHOSEN), HTTPStatus.UNPROCESSABLE_ENTITY)
    return _page(form, found, at, to)


def _review(form: AsOfForm, past: AsOf, moment: datetime) -> ResponseReturnValue:
    """Show the review of the chosen values, which saves them like any others."""
    chosen = frozenset(form.chosen.data or ())
    lines = [value.line for value in past.values if value.line]
    page = Listing(SettingFilter(), sorted(lines, key=lambda line: (line.category, line.key)))
    values = [value for value in past.values if value.line and value.line.id in chosen]
    form.rows = bulk_rows.sent(_fields(values), page)
    form.as_of.data = moment.isoformat()
    form.deleted.data = joined(form.chosen_deleted.data or ())
    take_restored(form)
    form.reason.data = form.reason.data or f"Restores the values of {moment:{WRITTEN}}."
    return review_page(form, page)


def _fields(values: Iterable[PastValue]) -> MultiDict[str, str]:
    """Return earlier values as the rows of a form in which they were typed."""
    fields: MultiDict[str, str] = MultiDict()
    for value in values:
        line = value.line
        if line is None or value.why_not:
            continue
        fields[f"{line.id}-etag"] = line.etag
        fields[f"{line.id}-value"], fields[f"{line.id}-base"] = value.value or "", line.value or ""
        if value.value is None:
            fields[f"{line.id}-unset"] = "y"
        if line.value is None:
            fields[f"{line.id}-base_unset"] = NOT_SET
    return fields


def _page(
    form: AsOfForm, past: AsOf, at: PastTime | None, to: PastTime | None
) -> ResponseReturnValue:
    rows = [_row(value, is_now=to is None) for value in past.values]
    differing = [row for row in rows if row.past.differs]
    shows_all = request.args.get("show") == ALL
    page = render_template(
        "settings/past.html",
        form=form,
        at=at,
        to=to,
        all=[row.past for row in rows if row.past.was_there] if at and shows_all else [],
        rows=differing if at else [],
        same=len(rows) - len(differing),
        restorable=[row for row in differing if row.box],
        begins=past.begins,
        is_before_record=at is not None and (past.begins is None or at.moment < past.begins),
        is_chosen=request.args.get("chosen") != NONE and not form.is_sent,
        links=_links(at, to, {"show": ALL} if shows_all else {}),
    )
    return page, form.status


def _links(at: PastTime | None, to: PastTime | None, shown: dict[str, str]) -> dict[str, str]:
    times = {"at": at.exact if at else "", "to": to.exact if to else ""}
    here = partial(queried, "settings.past", **times)
    return {
        "here": here(**shown),
        "none": here(**shown, chosen=NONE),
        "all": here(show=ALL),
        "differing": here(),
    }


def _row(past: PastValue, *, is_now: bool) -> PastRow:
    why_not = past.why_not
    if past.deleted and not why_not and not g.me.can(PermissionCode.SETTINGS_CREATE):
        why_not = f"Restoring it needs the permission {PermissionCode.SETTINGS_CREATE}."
    is_offered = is_now and not why_not and g.me.can(PermissionCode.SETTINGS_UPDATE)
    box = _box(past) if is_offered else None
    return PastRow(past, compare(past.value, past.later), box, why_not if is_now else "")


def _box(past: PastValue) -> tuple[str, int] | None:
    if past.deleted:
        return "chosen_deleted", past.deleted.event_id
    return ("chosen", past.line.id) if past.line else None
