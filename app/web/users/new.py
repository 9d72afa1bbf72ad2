"""The page that creates a user."""

from flask import g, render_template
from flask.typing import ResponseReturnValue
from wtforms import StringField, TextAreaField

from app import config
from app.domain import roles, users
from app.domain.permissions import PermissionCode
from app.domain.users import NewUser
from app.extensions import db
from app.web import urls
from app.web.access import requires
from app.web.forms import AddressField, Form
from app.web.row_ids import selected_ids
from app.web.saving import saved
from app.web.users.blueprint import blueprint


class NewUserForm(Form):
    """A new user, who chooses their own password."""

    username = StringField("User name")
    email = AddressField("Email")
    full_name = StringField("Full name")
    bio = TextAreaField("About")
    roles = selected_ids("Roles")

    @property
    def edit(self) -> NewUser:
        """The new user, as the domain takes it."""
        return NewUser(
            username=self.username.data or "",
            email=self.email.data or "",
            full_name=self.full_name.data,
            bio=self.bio.data,
            role_ids=frozenset(self.roles.data or ()),
            email_domains=config.current().email_domains,
        )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(read=PermissionCode.USER_CREATE, change=PermissionCode.USER_CREATE)
def new() -> ResponseReturnValue:
    """Create a user; ends with a one-time link to send them."""
    form = NewUserForm()
    if saved(form, users.create):
        user, token = form.result
        return render_template("users/new_link.html", user=user, link=urls.reset_link(token)), 201
    choices = roles.choices(db.session) if g.me.can(PermissionCode.ROLE_ASSIGN) else []
    return render_template("users/new.html", form=form, roles=choices), form.status
