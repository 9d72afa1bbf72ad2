"""The form of a value: the control that suits its data type, and the value that was shown."""

from typing import Any

from wtforms import BooleanField, HiddenField, TextAreaField, ValidationError
from wtforms.widgets import TextInput

from app.domain import settings
from app.domain.errors import InvalidValue, RuleError
from app.domain.settings import DataType, SettingLine, UnusualValue, ValueRule
from app.domain.text import with_line_feeds
from app.domain.visible import brief, visible
from app.extensions import db
from app.models import ApplicationSetting
from app.web.events import conflicts
from app.web.events.conflicts import Contested
from app.web.forms import PLAIN, Form, SecretField

NOT_SET = "1"
LONGEST_LINE = 80
FEWEST_ROWS, MOST_ROWS = 4, 20
LONGEST_CHOICE = 40
HINTS = {
    DataType.INTEGER: "A whole number, such as 42 or -7.",
    DataType.FLOAT: "A number such as 0.7, -12 or 1e-3.",
    DataType.JSON: "Valid JSON: keys and strings in double quotes. Saved exactly as typed.",
    DataType.STRING: "Leaving this empty saves an empty string.",
}
REMOVING = " To remove the value, choose “Not set”."
NUMBERS = {DataType.INTEGER, DataType.FLOAT}
ONCE = "Not shown again after saving."
IN_CLEAR = "Stored in clear and shown: the setting is marked as not secret."
AGAIN = "The value is not repeated here: enter it again."
# The id of the reason in the form that removes the value of a secret.
REMOVAL_REASON = "remove-reason"


class AnywayForm(Form):
    """A form of a value that a rule may warn of, and that is saved anyway if this is ticked.

    Attributes:
        is_unusual: Whether the box to tick is on the page.
    """

    anyway = BooleanField("Save anyway")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_unusual = bool(self.anyway.data)

    def _tell(self, mistake: RuleError) -> None:
        self.is_unusual = self.is_unusual or isinstance(mistake, UnusualValue)
        super()._tell(mistake)


class ValueForm(AnywayForm):
    """A new value for a setting, or "not set".

    ``base`` and ``base_unset`` keep the value that was shown, for the page that shows a conflict.

    Attributes:
        control: The control that the value gets: boolean, choice, number, line (which grows), text
            or secret.
        choices: The values to choose from.
        unit: The unit of the value, or "".
        shows_old: Whether the stored value stands beside the control.
        is_json: Whether the value is JSON, which a script can format.
        is_row: Whether it is a row of a list, where the key is the visible label.
        always_set: Why "not set" is not offered, or "".
        removes: Whether the form that removes the value of a secret was sent.
    """

    removes = False

    value = TextAreaField("Value")
    secret = SecretField("New value", description=ONCE, render_kw=PLAIN | {"rows": 1})
    unset = BooleanField("Not set")
    etag = HiddenField()
    base = HiddenField()
    base_unset = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.control = "text"
        self.choices: list[str] = []
        self.unit = ""
        self.shows_old = True
        self.is_row = False
        self.is_json = False
        self.always_set = ""

    @property
    def typed(self) -> str | None:
        """The value that was typed; None for "not set"."""
        if self.unset.data:
            return None
        return (self.secret.data if self.is_secret_sent else self.value.data) or ""

    @property
    def is_secret_sent(self) -> bool:
        """Tell whether the form was sent with the field of a secret."""
        return bool(self.secret.raw_data)

    @property
    def seen(self) -> str | None:
        """The value that was shown when the editing began."""
        return None if self.base_unset.data else self.base.data or ""

    @property
    def boolean(self) -> str:
        """The value as a boolean, "true" or "false"; "" where it is neither."""
        try:
            return settings.canonical(self.value.data or "", DataType.BOOLEAN)
        except InvalidValue:
            return ""

    @property
    def options(self) -> list[tuple[str, str]]:
        """The values to choose from and their words; the stored one too if it is not among them."""
        others = dict.fromkeys((self.value.data or "", self.base.data or ""))
        return [
            *((other, self._words_of(other)) for other in others if other not in self.choices),
            *((choice, _words(choice)) for choice in self.choices),
        ]

    def _words_of(self, other: str) -> str:
        if other:
            return f"{_words(other)} (not one of the choices)"
        return "Choose a value" if self.base_unset.data else "Empty string (not one of the choices)"

    def _tell(self, mistake: RuleError) -> None:
        """Tell of a value beside the field that it was entered in."""
        super()._tell(mistake)
        if self.is_secret_sent:
            self.secret.errors = [*self.secret.errors, *self.value.errors]
            self.value.errors = []

    def validate_value(self, field: TextAreaField) -> None:
        """Refuse a new value that would be lost because "Not set" is selected."""
        if not self.unset.data or not field.data:
            return
        if self.base_unset.data:
            raise ValidationError(
                "“Not set” is still selected. Clear it to save the value, "
                "or empty the value to leave the setting not set."
            )
        if with_line_feeds(field.data) != with_line_feeds(self.base.data or ""):
            raise ValidationError(
                "“Not set” is selected beside a new value. Clear it to save the value, "
                "or empty the value to remove the one that is stored."
            )

    def start_from(self, value: str | None, etag: str) -> None:
        """Start from the stored value; a text that was typed to be saved stays."""
        self.etag.data = etag
        self.base.data = value
        self.base_unset.data = NOT_SET if value is None else ""
        if not self.is_sent:
            self.value.data = value
            self.unset.data = value is None
        elif self.unset.data:
            self.value.data = value

    def start_over(self, value: str | None, etag: str) -> None:
        """Start from the stored value, whatever was typed: a secret is never shown again."""
        self.start_from(value, etag)
        self.value.data, self.unset.data = value, value is None

    def ask_again(self) -> None:
        """Say that a secret that was entered is gone, where nothing else is said of it."""
        if self.secret.data and not self.secret.errors:
            self.secret.errors = [AGAIN]

    def suit(self, data_type: str, rule: ValueRule, *, is_secret: bool = False) -> None:
        """Give the value the control, the hint and the unit of its data type and its rule."""
        kind = DataType.of(data_type)
        self.always_set = settings.always_set(db.session)
        if is_secret:
            self.control = "secret"
            self.removes = bool(self.unset.raw_data)
            self.secret.description = IN_CLEAR if rule.is_secret is False else ONCE
            self.reason.id = REMOVAL_REASON if self.removes else self.reason.id
            return
        spellings = {self.value.data or "", self.base.data or ""}
        self.choices = settings.choices(rule.schema, data_type, spellings) or []
        self.unit = rule.unit
        self.control = "choice" if self.choices else self._control_of(kind)
        self.is_json = kind is DataType.JSON
        self.value.render_kw = dict(PLAIN)
        self.value.data = settings.masked(self.value.data) if self.value.data else self.value.data
        self.value.description = "" if self.choices else self._hint_of(kind)
        if rule_hint := settings.hint(rule.schema):
            self.value.description = f"{rule_hint} {self.value.description}".rstrip()
        if self.control == "text":
            self.value.render_kw["rows"] = self._rows(FEWEST_ROWS)
        elif self.control == "line":
            self.value.render_kw["rows"] = self._rows(1)
        else:
            self.value.widget = TextInput()

    def _control_of(self, kind: DataType | None) -> str:
        if kind in NUMBERS:
            return "number"
        if kind is DataType.BOOLEAN:
            return "boolean"
        return "line" if kind is DataType.STRING else "text"

    def _hint_of(self, kind: DataType | None) -> str:
        removing = REMOVING if kind is DataType.STRING and not self.always_set else ""
        return HINTS[kind] + removing if kind in HINTS else ""

    def _rows(self, fewest: int) -> int:
        lines = (self.value.data or "").splitlines()
        folded = sum(1 + len(line) // LONGEST_LINE for line in lines)
        spare = 1 if folded > 1 else 0
        return min(max(folded + spare, fewest), MOST_ROWS)


def _words(choice: str) -> str:
    return visible(brief(choice, LONGEST_CHOICE)) or settings.describe(choice, DataType.STRING)


def contested(setting: ApplicationSetting | SettingLine, base: str | None) -> Contested:
    """Return a setting that changed since it was shown with the value ``base``."""
    changed = ["value"] if setting.value != base else []
    explains = conflicts.by_fields(changed, {"value": setting.value})
    return Contested(setting.id, setting.key, explains)
