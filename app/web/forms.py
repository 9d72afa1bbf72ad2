"""The base of all forms, and the texts that they share."""

from typing import Any, NamedTuple

from flask import request
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.core import UnboundField
from wtforms.widgets import Input

from app.domain.errors import RuleError
from app.web import widgets

OK = 200
INVALID = 422
REASON = "Shown in the history. Up to 500 characters."
PLAIN = {"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
GOOD_PASSWORDS = "At least 12 characters. Several unrelated words work best."
TEXTS = (StringField, TextAreaField, EmailField)


class SecretField(TextAreaField):
    """A text that is sent and never written back, not even after an error."""

    def _value(self) -> str:
        return ""


SECRETS = (PasswordField, SecretField)


class FieldKind(NamedTuple):
    """The label of a field, and whether it takes text or a password."""

    label: str = ""
    is_text: bool = False
    is_password: bool = False


# The fields of all forms by name: what error pages know of a form that was sent.
FIELDS: dict[str, FieldKind] = {"upload": FieldKind("File")}


class AddressField(StringField):
    """An email address: a text field, since browsers rewrite letters in fields of type email."""

    def __call__(self, **kwargs: Any) -> Markup:
        """Write the field, with the keyboard for addresses on phones."""
        html: Markup = super().__call__(**{"inputmode": "email", **PLAIN, **kwargs})
        return html


class ButtonField(StringField):
    """A field whose value a button sends."""


# A page shows them by buttons, or by many boxes.
WITHOUT_CONTROL = (HiddenField, ButtonField, SelectMultipleField)


class Form(FlaskForm):
    """A form that can show a refusal of the domain on its page.

    Attributes:
        refusal: The sentence of a rule that belongs to no field.
        status: The status of the response: 200, or the one that fits the refusal.
        rule_error: The refusal itself, with its data for the page.
        result: The return value of the domain.
    """

    class Meta(FlaskForm.Meta):
        """The source of the fields, and the way they are written."""

        def wrap_formdata(self, _form: Any, formdata: Any) -> MultiDict[str, str] | None:
            """Take texts only: Flask-WTF would also take files, and JSON of any type.

            Without ``formdata`` the form is another one than the request has sent.
            """
            is_sent = formdata is not None and request.method == "POST"
            return request.form if is_sent and request.form else None

        def render_field(self, field: Field, render_kw: dict[str, Any]) -> Markup:
            """Write a field; inputs by the console's own widget."""
            if isinstance(field.widget, Input):
                field.widget = widgets.quick(field.widget)
            html: Markup = super().render_field(field, render_kw)
            return html

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, field in vars(cls).items():
            if isinstance(field, UnboundField) and field.args:
                kind = field.field_class
                FIELDS[name] = FieldKind(str(field.args[0]), kind in TEXTS, kind in SECRETS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refusal: str | None = None
        self.status = OK
        self.rule_error: RuleError | None = None
        self.result: Any = None

    @property
    def edit(self) -> Any:
        """The entered values, as the domain takes them."""
        raise NotImplementedError

    @property
    def is_sent(self) -> bool:
        """Tell whether this request sent the form."""
        return request.method == "POST"

    @property
    def errors_summary(self) -> list[tuple[str, str]]:
        """The id of each field with an error, "" where no control has it, and the sentence."""
        return [
            ("" if isinstance(field, WITHOUT_CONTROL) else field.id, str(error))
            for field in self
            for error in field.errors
        ]

    def refuse(self, error: RuleError, status: int) -> None:
        """Put each sentence beside its field, or above the form."""
        self.status = status
        self.rule_error = error
        for part in error.parts:
            self._tell(part)

    def _tell(self, mistake: RuleError) -> None:
        field: Field | None = self._fields.get(mistake.field) if mistake.field else None
        if field is None or isinstance(field, HiddenField):
            self.refusal = str(mistake)
        else:
            field.errors = [*field.errors, str(mistake)]


class EmptyForm(Form):
    """A form with nothing but its button."""

    @property
    def edit(self) -> None:
        """Nothing: the button says it all."""


class ReasonForm(Form):
    """A form with nothing but a reason."""

    reason = StringField("Reason", description=REASON)

    @property
    def edit(self) -> str:
        """The reason as entered."""
        return self.reason.data or ""
