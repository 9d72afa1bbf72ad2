"""What roles grant is changed: ticked, in the matrix or for one role, reviewed, saved."""

from collections.abc import Callable
from typing import NamedTuple

from flask import flash, g, redirect, render_template, url_for

from app.domain import roles
from app.domain.permissions import PermissionCode
from app.domain.phrases import listed
from app.domain.roles import GrantDifference, GrantsChangedMeanwhile
from app.extensions import db
from app.web.access import missing, requires
from app.web.identity import current_actor
from app.web.roles import listing
from app.web.roles.grant_forms import GrantsForm, MatrixForm, PermissionsForm
from app.web.roles.listing import Listing
from app.web.roles.section import blueprint
from app.web.saving import Page, reviewed_with, saved_with
from app.web.security import many_fields


class Ways(NamedTuple):
    """Addresses: where the form is sent to, where it came from, and the matrix."""

    here: str
    back: str
    matrix: str


@blueprint.get("")
@requires(read=PermissionCode.ROLE_READ)
def index() -> Page:
    """Show which role grants which permission, to be changed there."""
    return _matrix_page(MatrixForm(data=vars(listing.wanted())))


@blueprint.route("/review", methods=["GET", "POST"])
@requires(read=PermissionCode.ROLE_READ, change=PermissionCode.ROLE_UPDATE)
@many_fields
def review() -> Page:
    """Show who gains and who loses what by the ticks of the matrix, and save them all at once."""
    form = MatrixForm()
    if not form.is_sent:
        return render_template("roles/no_review.html"), form.status
    back = listing.address(form.wanted)
    return _answer(form, lambda: _matrix_page(form), Ways(url_for(".review"), back, back))


@blueprint.route("/<id:role_id>/permissions", methods=["GET", "POST"])
@requires(read=PermissionCode.ROLE_READ, change=PermissionCode.ROLE_UPDATE)
@many_fields
def permissions(role_id: int) -> Page:
    """Change what one role grants: tick, review, save."""
    form = PermissionsForm(role_id)
    if not form.is_sent:
        return _role_page(form)
    here, back = url_for(".permissions", role_id=role_id), url_for(".show", role_id=role_id)
    return _answer(form, lambda: _role_page(form), Ways(here, back, url_for(".index")))


def _answer(form: GrantsForm, show: Callable[[], Page], ways: Ways) -> Page:
    """Answer what was ticked: with the boxes again, with the review, or by saving it."""
    if form.again.data:
        return show()
    if form.confirmed.data:
        change = lambda: roles.change_grants(  # noqa: E731 - one domain call
            db.session, form.edits, form.reason.data or "", actor=current_actor()
        )
        if saved_with(form, change):
            return _saved(form.result, ways.back)
    else:
        ask = lambda: roles.review_grants(  # noqa: E731 - one domain call
            db.session, form.edits, form.reason.data or "", actor=current_actor()
        )
        if reviewed_with(form, ask):
            return _saved([], ways.back) if form.result.is_empty else _review_page(form, ways)
    if isinstance(form.rule_error, GrantsChangedMeanwhile):
        return _conflict_page(form, form.rule_error.role_ids, ways)
    return show()


def _saved(differences: list[GrantDifference], back: str) -> Page:
    if differences:
        names = [one.name for one in differences]
        flash(f"Saved the permissions of {listed(names)}.", "success")
    else:
        flash("What is ticked is what is granted already; nothing was changed.", "info")
    return redirect(back, 303)


def _review_page(form: GrantsForm, ways: Ways) -> Page:
    page = render_template(
        "roles/review.html",
        form=form,
        review=form.result,
        ways=ways,
        can_see_people=g.me.can(PermissionCode.USER_READ),
    )
    return page, form.status


def _conflict_page(form: GrantsForm, role_ids: frozenset[int], ways: Ways) -> Page:
    matrix = roles.read_matrix(db.session)
    rows_shown = form.rows(matrix)
    stale = [role for role in matrix.roles if role.id in role_ids]
    rows = [
        (role.name, code, number in ticks.seen, role.grants(code), number in ticks.wanted)
        for role in stale
        for ticks in [form.ticks_of(role)]
        for number, code in rows_shown.codes.items()
    ]
    form.start_again(stale)
    page = render_template(
        "roles/conflict.html",
        form=form,
        rows=[row for row in rows if len(set(row[2:])) > 1],
        ways=ways,
    )
    return page, form.status


def _matrix_page(form: MatrixForm) -> Page:
    matrix = roles.read_matrix(db.session)
    rows = form.rows(matrix)
    page = render_template(
        "roles/index.html",
        form=form,
        page=Listing(form.wanted, matrix, rows),
        people=roles.member_counts(db.session, list(matrix.by_id)),
        ticks=form.ticks(matrix),
        missing=missing(PermissionCode.ROLE_UPDATE),
        can_create=g.me.can(PermissionCode.ROLE_CREATE),
    )
    return page, form.status


def _role_page(form: PermissionsForm) -> Page:
    matrix = roles.read_matrix(db.session)
    role = matrix.role(form.role_id)
    ticks = form.ticks_of(role)
    form.etag.data, form.base.data = ticks.etag, ticks.seen_ids
    page = render_template(
        "roles/permissions.html",
        form=form,
        matrix=matrix,
        role=role,
        ticks=ticks,
        missing=missing(PermissionCode.ROLE_UPDATE),
    )
    return page, form.status
