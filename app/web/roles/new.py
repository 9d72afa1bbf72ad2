"""The page that creates a role: from nothing, from a template or as a clone."""

from collections.abc import Iterable

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField, TextAreaField

from app.domain import roles
from app.domain.permissions import PermissionCode
from app.domain.roles import TEMPLATES, MatrixRole, NewRole
from app.extensions import db
from app.web.access import requires, sensitive
from app.web.forms import PLAIN, REASON, Form
from app.web.roles.blueprint import blueprint
from app.web.row_ids import possible_id
from app.web.saving import saved

NAME = "Saved in lowercase, without commas; at most 100 characters."
FROM_NOTHING = ""
CLONE = "role:"


class NewRoleForm(Form):
    """A new role."""

    name = StringField("Name", description=NAME, render_kw=PLAIN)
    description = TextAreaField("Description")
    template = SelectField(
        "Permissions to start with",
        description="You can change them afterwards. You can only grant permissions you have.",
        validate_choice=False,
    )
    reason = StringField("Reason", description=REASON)

    @property
    def edit(self) -> NewRole:
        """The new role, as the domain takes it."""
        chosen = self.template.data or FROM_NOTHING
        clone_of = possible_id(chosen.removeprefix(CLONE)) if chosen.startswith(CLONE) else 0
        return NewRole(
            name=self.name.data or "",
            description=self.description.data or "",
            template=None if clone_of else chosen or None,
            clone_of=clone_of or None,
            reason=self.reason.data or "",
        )

    def offer(self, roles: Iterable[MatrixRole]) -> None:
        """Offer no permission, the templates, and these roles to clone."""
        choices = {
            "Nothing": [(FROM_NOTHING, "No permission")],
            "Templates": [(key, template.title) for key, template in TEMPLATES.items()],
            "Clone of a role": [(f"{CLONE}{role.id}", role.name) for role in roles],
        }
        self.template.choices = {name: group for name, group in choices.items() if group}


@blueprint.route("/new", methods=["GET", "POST"])
@sensitive
@requires(read=PermissionCode.ROLE_CREATE, change=PermissionCode.ROLE_CREATE)
def new() -> ResponseReturnValue:
    """Create a role from nothing, from a template or as a clone."""
    form = NewRoleForm()
    can_read = g.me.can(PermissionCode.ROLE_READ)
    if saved(form, roles.create):
        flash(f"Created the role {form.result.name}.", "success")
        own = url_for(".show", role_id=form.result.id) if can_read else url_for("home.overview")
        return redirect(own, 303)
    form.offer(roles.read_matrix(db.session).roles if can_read else [])
    if not form.is_sent:
        form.template.data = request.args.get("template", "")
    return render_template("roles/new.html", form=form, templates=TEMPLATES.values()), form.status
