"""Which roles there are: a new one, one with another name or description, one that goes."""

from flask import flash, g, redirect, render_template, request, url_for

from app.domain import roles
from app.domain.permissions import PermissionCode
from app.domain.roles import TEMPLATES, RoleChangedMeanwhile
from app.extensions import db
from app.models import Role
from app.web.access import missing, requires
from app.web.identity import current_actor
from app.web.roles.forms import DeleteForm, NewRoleForm, RoleForm
from app.web.roles.section import blueprint
from app.web.saving import Page, saved_with


@blueprint.route("/new", methods=["GET", "POST"])
@requires(read=PermissionCode.ROLE_CREATE, change=PermissionCode.ROLE_CREATE)
def create() -> Page:
    """Create a role from nothing, from a template or as a clone."""
    form = NewRoleForm()
    change = lambda: roles.create(  # noqa: E731 - one domain call
        db.session, form.new, actor=current_actor()
    )
    can_read = g.me.can(PermissionCode.ROLE_READ)
    if saved_with(form, change):
        flash(f"Created the role {form.result.name}.", "success")
        own = url_for(".show", role_id=form.result.id) if can_read else url_for("home.overview")
        return redirect(own, 303)
    form.offer(roles.read_matrix(db.session).roles if can_read else [])
    if not form.is_sent:
        form.template.data = request.args.get("template", "")
    page = render_template(
        "roles/new.html", form=form, templates=TEMPLATES.values(), can_read=can_read
    )
    return page, form.status


@blueprint.route("/<id:role_id>/edit", methods=["GET", "POST"])
@requires(read=PermissionCode.ROLE_READ, change=PermissionCode.ROLE_UPDATE)
def edit(role_id: int) -> Page:
    """Give a role another name or description."""
    form = RoleForm()
    change = lambda: roles.change(  # noqa: E731 - one domain call
        db.session, role_id, form.edit, actor=current_actor()
    )
    if saved_with(form, change):
        flash(f"Saved the role {form.result.name}.", "success")
        return redirect(url_for(".show", role_id=role_id), 303)
    role = roles.get(db.session, role_id)
    page = render_template(
        "roles/edit.html",
        form=form,
        role=role,
        conflict=_conflict(form, role),
        is_guarded=roles.is_guarded(role),
        missing=missing(PermissionCode.ROLE_UPDATE),
    )
    return page, form.status


@blueprint.route("/<id:role_id>/delete", methods=["GET", "POST"])
@requires(read=PermissionCode.ROLE_READ, change=PermissionCode.ROLE_DELETE)
def delete(role_id: int) -> Page:
    """Show who loses what without the role, ask for its name, and delete it."""
    form = DeleteForm()
    change = lambda: roles.delete(  # noqa: E731 - one domain call
        db.session, role_id, form.deletion, actor=current_actor()
    )
    if saved_with(form, change):
        flash(f"Deleted the role {form.result}.", "success")
        return redirect(url_for(".index"), 303)
    role = roles.read_matrix(db.session).role(role_id)
    form.etag.data = roles.deletion_etag(role)
    page = render_template(
        "roles/delete.html",
        form=form,
        role=role,
        consequence=roles.review_deletion(db.session, role_id),
        count=roles.count_members(db.session, role_id),
        is_guarded=roles.is_guarded(role),
        missing=missing(PermissionCode.ROLE_DELETE),
        can_see_people=g.me.can(PermissionCode.USER_READ),
    )
    return page, form.status


def _conflict(form: RoleForm, role: Role) -> list[tuple[str, str, str, str]]:
    """What was shown, stored and typed, field by field, if somebody else changed the role."""
    rows = [
        ("Name", form.base_name.data, role.name, form.name.data),
        (
            "Description",
            form.base_description.data,
            role.description or "",
            form.description.data,
        ),
    ]
    is_conflict = isinstance(form.rule_error, RoleChangedMeanwhile)
    if is_conflict or not form.is_sent:
        form.start_from(role.name, role.description or "", roles.etag_of(role))
    return rows if is_conflict else []
