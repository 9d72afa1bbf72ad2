"""The forms of a page of tokens: create one, or revoke one."""

from typing import NamedTuple

from flask import render_template, request
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from app.domain import access, users
from app.domain.authentication import api_tokens
from app.domain.users import NewToken
from app.extensions import db
from app.models import User
from app.web.forms import REASON, Form, ReasonForm
from app.web.row_ids import possible_id
from app.web.saving import saved

LIFETIMES = [SelectChoice(days, f"{days} days") for days in (7, 30, 90, 180, 365)]


class TokenForm(Form):
    """A token to create."""

    name = StringField("Name")
    days = SelectField("Expires after", coerce=int, choices=LIFETIMES, default=90)
    unlimited = BooleanField("All permissions of the owner, now and later")
    scopes = SelectMultipleField("Permissions", coerce=str, validate_choice=False)
    reason = StringField("Reason", description=REASON)

    @property
    def edit(self) -> NewToken:
        """The token, as the domain takes it."""
        scopes = None if self.unlimited.data else frozenset(self.scopes.data or ())
        return NewToken(self.name.data or "", scopes, self.days.data, self.reason.data or "")


class RevocationForm(ReasonForm):
    """The id of a token to revoke, and the reason."""

    token = StringField("Token")
    reason = TextAreaField("Reason", description=REASON, id="revoke-reason")


class TokenForms(NamedTuple):
    """The two forms of a page, of which one may have been sent."""

    new: TokenForm
    revocation: RevocationForm
    revokes: bool

    @property
    def sent(self) -> Form:
        """The form that was sent, if one was."""
        return self.revocation if self.revokes else self.new


def forms() -> TokenForms:
    """Return the forms of a page: the one that was sent, and the other one empty."""
    if "token" in request.form:
        return TokenForms(TokenForm(formdata=None), RevocationForm(), revokes=True)
    return TokenForms(TokenForm(), RevocationForm(formdata=None), revokes=False)


def changed(forms: TokenForms, user_id: int) -> bool:
    """Create or revoke a token of a user, as the sent form says."""
    if forms.revokes:
        token_id = possible_id(forms.revocation.token.data)
        return saved(forms.revocation, users.revoke_token, user_id, token_id)
    return saved(forms.new, users.create_token, user_id)


def page(template: str, forms: TokenForms, user: User, **values: object) -> ResponseReturnValue:
    """Return a page of the tokens of a user, with the form for another one."""
    text = render_template(
        template,
        form=forms.new,
        revocation=forms.revocation,
        sent=forms.sent,
        user=user,
        tokens=api_tokens.of_user(db.session, user.id),
        permissions=[each for each in access.permissions_of(db.session, user.id) if each.roles],
        **values,
    )
    return text, forms.sent.status
