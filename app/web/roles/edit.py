"""The page that renames or describes a role."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField, TextAreaField

from app.domain import roles
from app.domain.permissions import PermissionCode
from app.domain.roles import RoleChangedMeanwhile, RoleEdit
from app.extensions import db
from app.models import Role
from app.web.access import requires, sensitive
from app.web.events import conflicts, undoing
from app.web.events.conflicts import Author, Contested
from app.web.events.undoing import EarlierFields
from app.web.forms import PLAIN, REASON, Form
from app.web.roles.blueprint import blueprint
from app.web.roles.new import NAME
from app.web.saving import saved


class RoleForm(Form):
    """The name and description of a role; the bases keep the shown ones, for a conflict."""

    name = StringField("Name", description=NAME, render_kw=PLAIN)
    description = TextAreaField("Description")
    reason = StringField("Reason", description=REASON)
    etag = HiddenField()
    base_name = HiddenField()
    base_description = HiddenField()

    @property
    def edit(self) -> RoleEdit:
        """The name and description, as the domain takes them."""
        return RoleEdit(
            name=self.name.data or "",
            description=self.description.data or "",
            etag=self.etag.data or "",
            reason=self.reason.data or "",
        )

    def start_from(self, role: Role) -> None:
        """Start from the stored role; typed text stays."""
        name, description = role.name, role.description or ""
        self.etag.data = roles.etag_of(role)
        self.base_name.data, self.base_description.data = name, description
        if not self.is_sent:
            self.name.data, self.description.data = name, description


@blueprint.route("/<id:role_id>/edit", methods=["GET", "POST"])
@sensitive
@requires(read=PermissionCode.ROLE_READ, change=PermissionCode.ROLE_UPDATE)
def edit(role_id: int) -> ResponseReturnValue:
    """Give a role another name or description."""
    form = RoleForm()
    if saved(form, roles.change, role_id):
        flash(f"Saved the role {form.result.name}.", "success")
        return redirect(url_for(".show", role_id=role_id), 303)
    return _page(form, roles.get(db.session, role_id))


def _page(form: RoleForm, role: Role) -> ResponseReturnValue:
    conflict = []
    if isinstance(form.rule_error, RoleChangedMeanwhile):
        conflict = _versions(form, role)
    author = _author(conflict, role) if conflict else None
    if conflict or not form.is_sent:
        form.start_from(role)
    page = render_template(
        "roles/edit.html",
        earlier=None if form.is_sent else _fill_in(form, role),
        form=form,
        role=role,
        conflict=conflict,
        author=author,
        keeps_name=roles.is_system_role(role),
    )
    return page, form.status


def _fill_in(form: RoleForm, role: Role) -> EarlierFields | None:
    """Fill in the texts from before the edit that the URL names, if it names one."""
    stored = {"name": role.name, "description": role.description}
    earlier = undoing.earlier_fields(role, roles.EDITED, stored)
    if earlier:
        for name in earlier.fields.keys() & stored.keys():
            form[name].data = earlier.fields[name] or ""
        form.reason.data = earlier.reason
    return earlier


def _versions(form: RoleForm, role: Role) -> list[tuple[str, str, str, str]]:
    """Return the original, the stored and the typed text of each field."""
    return [
        ("Name", form.base_name.data, role.name, form.name.data),
        (
            "Description",
            form.base_description.data,
            role.description or "",
            form.description.data,
        ),
    ]


def _author(versions: list[tuple[str, str, str, str]], role: Role) -> Author | None:
    changed = [label.lower() for label, base, theirs, _ in versions if base != theirs]
    stored = {"name": role.name, "description": role.description}
    contested = Contested(role.id, f"the role {role.name}", conflicts.by_fields(changed, stored))
    return conflicts.author_of(conflicts.ROLE, contested)
