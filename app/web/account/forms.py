"""Forms of one's own account."""

from wtforms import HiddenField, IntegerField, PasswordField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from app.models.base import HIGHEST_ID
from app.web import zones
from app.web.forms import GOOD_PASSWORDS, Form

ON, OFF = "on", "off"


class PasswordForm(Form):
    """The password until now, and a new one."""

    current = PasswordField("Current password")
    password = PasswordField(
        "New password",
        description=GOOD_PASSWORDS,
    )


class ThemeForm(Form):
    """Light, dark, or what the system says."""

    theme = RadioField(
        "Theme",
        choices=[
            SelectChoice("light", "Light"),
            SelectChoice("dark", "Dark"),
            SelectChoice("system", "As the system"),
        ],
    )
    next = HiddenField()


class KeysForm(Form):
    """Whether single keys do something (WCAG 2.2, 2.1.4)."""

    keys = RadioField("Single keys", choices=[SelectChoice(ON, "On"), SelectChoice(OFF, "Off")])
    next = HiddenField()


class ZoneForm(Form):
    """The time zone in which moments are shown."""

    zone = SelectField("Time zone", choices=zones.by_region)
    next = HiddenField()


class EndSessionForm(Form):
    """Which session to end."""

    session = IntegerField("Session", [InputRequired(), NumberRange(1, HIGHEST_ID)])
