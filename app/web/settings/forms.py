"""Forms of settings."""

import re
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.widgets import TextInput

from app.domain import settings
from app.domain.confirmation import Deletion
from app.domain.errors import InvalidValue
from app.domain.settings import DataType, NewSetting, SettingEdit, SettingFilter, SettingLine
from app.web.forms import PLAIN, REASON, Form

NOT_SET = "1"
LONGEST_LINE = 80
FEWEST_ROWS, MOST_ROWS = 4, 20
HINTS = {
    DataType.INTEGER: "Digits only, with a minus before them if it is negative.",
    DataType.FLOAT: "A number such as 0.7, -12 or 1e-3.",
    DataType.JSON: "Stored as it is typed. Names and texts stand in double quotes.",
    DataType.STRING: "An empty field is stored as an empty text, which is not “Not set”.",
}
KEYBOARDS = {DataType.INTEGER: "numeric", DataType.FLOAT: "decimal"}
KEY = (
    "Up to 255 small letters from a to z, digits, “_”, “.” and “-”; the first is a letter. "
    "It cannot be changed later."
)
NEW_VALUE = "It must suit the data type. An empty field is stored as an empty text."
FOR_GOOD = "Without the tick nobody can ever change or delete the setting here, you included."


class ValueForm(Form):
    """A new value for one setting, or none at all.

    ``base`` and ``base_unset`` keep what was shown, for the page that shows a conflict.

    Attributes:
        control: The control that the value gets: boolean, number, line or text.
        shows_old: Whether the stored value stands beside the control.
        is_row: Whether it is one of several, whose key is label enough for the eye.
    """

    value = TextAreaField("Value")
    unset = BooleanField("Not set")
    etag = HiddenField()
    base = HiddenField()
    base_unset = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.control = "text"
        self.shows_old = True
        self.is_row = False

    @property
    def typed(self) -> str | None:
        """The value that was typed; None for "not set"."""
        return None if self.unset.data else self.value.data or ""

    @property
    def seen(self) -> str | None:
        """The value that was shown when the editing began."""
        return None if self.base_unset.data else self.base.data or ""

    @property
    def boolean(self) -> str:
        """What the value's text says as a boolean, or "" where it says neither."""
        try:
            return settings.canonical(self.value.data or "", DataType.BOOLEAN)
        except InvalidValue:
            return ""

    def validate_value(self, field: TextAreaField) -> None:
        """Refuse a value that would be lost because "Not set" was left ticked."""
        if field.data and self.unset.data and self.base_unset.data:
            raise ValidationError(
                "“Not set” is still ticked. Untick it to save the value, "
                "or empty the value to leave the setting not set."
            )

    def start_from(self, value: str | None, etag: str) -> None:
        """Make this what the next save starts from; what was typed stays."""
        self.etag.data = etag
        self.base.data = value
        self.base_unset.data = NOT_SET if value is None else ""
        if not self.is_sent:
            self.value.data = value
            self.unset.data = value is None

    def suit(self, data_type: str) -> None:
        """Give the value the control and the hint of its data type."""
        kind = DataType.of(data_type)
        self.control = self._control_of(kind)
        self.value.render_kw = dict(PLAIN)
        if kind in HINTS:
            self.value.description = HINTS[kind]
        if kind in KEYBOARDS:
            self.value.render_kw["inputmode"] = KEYBOARDS[kind]
        if self.control == "text":
            self.value.render_kw["rows"] = self._rows
        else:
            self.value.widget = TextInput()

    def _control_of(self, kind: DataType | None) -> str:
        if kind in KEYBOARDS:
            return "number"
        if kind is DataType.BOOLEAN:
            return "boolean"
        text = self.value.data or ""
        is_short = len(text) <= LONGEST_LINE and not re.search(r"[\r\n]", text)
        return "line" if kind is DataType.STRING and is_short else "text"

    @property
    def _rows(self) -> int:
        lines = (self.value.data or "").splitlines()
        folded = sum(1 + len(line) // LONGEST_LINE for line in lines)
        return min(max(folded + 1, FEWEST_ROWS), MOST_ROWS)


class SettingForm(ValueForm):
    """A new value for the setting that is open, and why; ``next`` is the list that it stood in.

    Attributes:
        setting_id: The setting whose row is open, in a list.
    """

    reason = StringField("Reason", description=REASON)
    next = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setting_id: int | None = None

    @property
    def edit(self) -> SettingEdit:
        """What was typed, as the domain takes it."""
        return SettingEdit(self.typed, self.etag.data or "", self.reason.data or "")


class Row(ValueForm):
    """A new value for one of several settings, whose fields begin with its id.

    Attributes:
        line: The setting; None if there is no such setting any more.
    """

    class Meta:
        """The form around the rows has the token."""

        csrf = False

        def wrap_formdata(self, _form: Any, formdata: Any) -> Any:
            """Take what is given: a row that was not sent starts from what is stored."""
            return formdata

    def __init__(
        self, setting_id: int, line: SettingLine | None, sent: MultiDict[str, str] | None = None
    ) -> None:
        super().__init__(sent, prefix=f"{setting_id}-")
        self.setting_id = setting_id
        self.line = line
        self._is_sent = sent is not None
        if line is not None and not self._is_sent:
            self.start_from(line.value, line.etag)
        self.suit(line.data_type if line else "")
        self.shows_old = self.is_touched
        self.is_row = True
        if self.control != "text":
            self.value.description = ""

    @property
    def is_sent(self) -> bool:
        """Tell whether this request sent the row."""
        return self._is_sent

    @property
    def typed(self) -> str | None:
        """The value that was typed; what was shown if neither side of a boolean was chosen."""
        is_left = not (self.value.raw_data or self.unset.data or self.base_unset.data)
        return self.seen if self._is_sent and is_left else super().typed

    @property
    def is_touched(self) -> bool:
        """Tell whether what was typed means something else than what was shown."""
        if self.unset.data and self.base_unset.data:
            return bool(self.value.data)
        typed, seen = self.typed, self.seen
        if not self._is_sent or typed == seen:
            return False
        kind = DataType.of(self.line.data_type) if self.line else None
        return typed is None or seen is None or not settings.is_same(typed, seen, kind)

    @property
    def edit(self) -> SettingEdit:
        """What was typed, as the domain takes it."""
        return SettingEdit(self.typed, self.etag.data or "")

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The row as hidden fields."""
        fields = (self.value, self.etag, self.base, self.base_unset)
        pairs = [(field.name, field.data or "") for field in fields]
        return [*pairs, (self.unset.name, "y")] if self.unset.data else pairs


class ReviewForm(Form):
    """The form around the rows: the list that they stood in, and what to do with them."""

    q = HiddenField()
    category = HiddenField()
    type = HiddenField()
    state = HiddenField()
    reason = TextAreaField("Reason", description=REASON)
    confirmed = StringField()
    without = StringField()
    back = StringField()

    @property
    def wanted(self) -> SettingFilter:
        """The filter of the list."""
        names = ("q", "category", "type", "state")
        return SettingFilter(**{name: self._fields[name].data or "" for name in names})

    @property
    def left_out(self) -> str:
        """The id of the setting that is to be left out, if one is."""
        return self.without.data or ""


class NewSettingForm(Form):
    """A setting that there is not yet."""

    key = StringField("Key", description=KEY, render_kw=PLAIN | {"maxlength": 255})
    data_type = SelectField("Data type", choices=[kind.value for kind in DataType])
    category = StringField("Category", description="One that there is, or a new one.")
    description = TextAreaField("Description")
    value = TextAreaField("Value", description=NEW_VALUE, render_kw=PLAIN | {"rows": FEWEST_ROWS})
    unset = BooleanField("Not set")
    is_mutable = BooleanField("Can be changed in this console", default=True, description=FOR_GOOD)
    reason = StringField("Reason", description=REASON)

    @property
    def new(self) -> NewSetting:
        """What was typed, as the domain takes it."""
        return NewSetting(
            key=self.key.data or "",
            data_type=self.data_type.data or "",
            text=None if self.unset.data else self.value.data or "",
            category=self.category.data or "",
            description=self.description.data or "",
            is_mutable=self.is_mutable.data,
            reason=self.reason.data or "",
        )

    def validate_unset(self, _field: BooleanField) -> None:
        """Refuse a value that would be lost because "Not set" is ticked."""
        if self.unset.data and self.value.data:
            raise ValidationError(
                "“Not set” is ticked, and there is a value. Untick it, or empty the value."
            )


class DeleteForm(Form):
    """The key of a setting, typed to confirm that it is to be deleted."""

    key = StringField("Key", render_kw=PLAIN)
    reason = StringField("Reason", description=REASON)
    etag = HiddenField()

    @property
    def deletion(self) -> Deletion:
        """What was typed, as the domain takes it."""
        return Deletion(self.key.data or "", self.etag.data or "", self.reason.data or "")


class ReasonForm(Form):
    """Why something is done that needs no more than a button."""

    reason = StringField("Reason", description=REASON)
    next = HiddenField()
