"""The form of a page of tokens: create one, or revoke one."""

from flask import render_template
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice

from app.domain import access, users
from app.domain.authentication import api_tokens
from app.domain.users import NewToken
from app.extensions import db
from app.models import User
from app.web.forms import Form
from app.web.row_ids import possible_id
from app.web.saving import saved

LIFETIMES = [SelectChoice(days, f"{days} days") for days in (7, 30, 90, 180, 365)]


class TokenForm(Form):
    """A token to create; or the id of one to revoke."""

    name = StringField("Name")
    days = SelectField("Expires after", coerce=int, choices=LIFETIMES, default=90)
    unlimited = BooleanField("All permissions of the owner, now and later")
    scopes = SelectMultipleField("Permissions", coerce=str, validate_choice=False)
    token = StringField("Token")

    @property
    def revokes(self) -> bool:
        """Tell whether the form is that of a button which revokes."""
        return bool(self.token.data)

    @property
    def edit(self) -> NewToken | int:
        """The new token, or the id of the one to revoke."""
        if self.revokes:
            return possible_id(self.token.data)
        scopes = None if self.unlimited.data else frozenset(self.scopes.data or ())
        return NewToken(self.name.data or "", scopes, self.days.data)


def changed(form: TokenForm, user_id: int) -> bool:
    """Create or revoke a token of a user, as the form says."""
    return saved(form, users.revoke_token if form.revokes else users.create_token, user_id)


def page(template: str, form: TokenForm, user: User, **values: object) -> ResponseReturnValue:
    """Return a page of the tokens of a user, with the form for another one."""
    text = render_template(
        template,
        form=form,
        user=user,
        tokens=api_tokens.of_user(db.session, user.id),
        permissions=[each for each in access.permissions_of(db.session, user.id) if each.roles],
        **values,
    )
    return text, form.status
