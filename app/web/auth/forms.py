"""Forms of people who have not signed in."""

from wtforms import EmailField, HiddenField, PasswordField, StringField

from app.domain.users import NewUser
from app.web.forms import GOOD_PASSWORDS, Form


class SignInForm(Form):
    """A user name or e-mail address, and a password."""

    username = StringField("User name or email")
    password = PasswordField("Password")
    next = HiddenField()


class SetUpForm(Form):
    """Who will be the first administrator."""

    username = StringField("User name")
    email = EmailField("Email")
    password = PasswordField(
        "Password",
        description=GOOD_PASSWORDS,
    )

    @property
    def new(self) -> NewUser:
        """What was typed, as the domain takes it; the password is for itself."""
        return NewUser(self.username.data or "", self.email.data or "")


class ChoosePasswordForm(Form):
    """A new password for the owner of a link."""

    password = PasswordField(
        "New password",
        description=GOOD_PASSWORDS,
    )


class SignOutForm(Form):
    """Nothing but the button."""
