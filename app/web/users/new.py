"""The page that creates a user."""

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import StringField, TextAreaField

from app import config
from app.domain import access, roles, users
from app.domain.permissions import PermissionCode
from app.domain.users import NewUser
from app.extensions import db
from app.models import User
from app.web.access import requires, sensitive
from app.web.forms import REASON, AddressField, Form
from app.web.row_ids import possible_id, selected_ids
from app.web.saving import saved
from app.web.session.identity import current_actor
from app.web.users.blueprint import blueprint, handed_over


class NewUserForm(Form):
    """A new user, who chooses their own password."""

    username = StringField("User name")
    email = AddressField("Email")
    full_name = StringField("Full name")
    bio = TextAreaField("About")
    roles = selected_ids("Roles")
    reason = StringField("Reason", description=REASON)

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
            reason=self.reason.data or "",
        )

    def start_like(self, user: User) -> list[str]:
        """Select a user's roles; return the names of those that the person may not assign."""
        held = {role.id for role in user.roles}
        choices = access.assignable_roles(db.session, current_actor())
        self.roles.data = [role.id for role in choices if role.id in held and not role.is_beyond]
        return [role.name for role in choices if role.id in held and role.is_beyond]


@blueprint.route("/new", methods=["GET", "POST"])
@sensitive
@requires(read=PermissionCode.USER_CREATE, change=PermissionCode.USER_CREATE)
def new() -> ResponseReturnValue:
    """Create a user; ends with a one-time link to send them."""
    form = NewUserForm()
    if saved(form, users.create):
        user, token = form.result
        return render_template("users/new_link.html", **handed_over(user, token)), 201
    choices = roles.choices(db.session) if g.me.can(PermissionCode.ROLE_ASSIGN) else []
    like = _like()
    omitted = form.start_like(like) if like and not form.is_sent else []
    page = render_template("users/new.html", form=form, roles=choices, like=like, omitted=omitted)
    return page, form.status


def _like() -> User | None:
    """Return the user whose roles the new one starts with, if the page is asked for one."""
    user_id = possible_id(request.args.get("like"))
    may_see = g.me.can(PermissionCode.USER_READ) and g.me.can(PermissionCode.ROLE_ASSIGN)
    return users.get(db.session, user_id) if user_id and may_see else None
