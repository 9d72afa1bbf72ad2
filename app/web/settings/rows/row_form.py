"""The form of one row where several settings are edited together."""

from typing import Any

from werkzeug.datastructures import MultiDict

from app.domain import settings
from app.domain.settings import DataType, SettingEdit, SettingLine, ValueRule
from app.web.settings.value_form import NUMBERS, ValueForm


class SettingRowForm(ValueForm):
    """A new value for one of several settings, whose fields begin with its id.

    Attributes:
        line: The setting; None if it has been deleted.
    """

    class Meta:
        """No token: the form around the rows has it."""

        csrf = False

        def wrap_formdata(self, _form: Any, formdata: Any) -> Any:
            """Take the given fields: a row that was not sent starts from the stored value."""
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
        rule = line.rule if line else ValueRule()
        self.suit(line.data_type if line else "", rule)
        self.shows_old = self.is_touched
        self.is_row = True
        if self.control != "text":
            self.value.description = settings.hint(rule.schema)

    @property
    def is_sent(self) -> bool:
        """Tell whether this request sent the row."""
        return self._is_sent

    @property
    def typed(self) -> str | None:
        """The value that was typed; the shown one if neither side of a boolean was chosen."""
        is_left = not (self.value.raw_data or self.unset.data or self.base_unset.data)
        return self.seen if self._is_sent and is_left else super().typed

    @property
    def is_touched(self) -> bool:
        """Tell whether the typed value differs from the shown one.

        Browsers change line ends, and radio buttons spell a boolean; nothing but hands changes a
        number.
        """
        if self.unset.data and self.base_unset.data:
            return bool(self.value.data)
        typed, seen = self.typed, self.seen
        if not self._is_sent or typed == seen:
            return False
        kind = DataType.of(self.line.data_type) if self.line else None
        if typed is None or seen is None or kind in NUMBERS:
            return True
        return not settings.is_same(typed, seen, kind)

    @property
    def edit(self) -> SettingEdit:
        """The new value, as the domain takes it."""
        return SettingEdit(self.typed, self.etag.data or "", anyway=bool(self.anyway.data))

    @property
    def hidden_fields(self) -> list[tuple[str, str]]:
        """The row as hidden fields."""
        fields = (self.value, self.etag, self.base, self.base_unset)
        pairs = [(field.name, field.data or "") for field in fields]
        return pairs + [(box.name, "y") for box in (self.unset, self.anyway) if box.data]
