"""What all forms of the console share."""

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, StringField

from app.domain.errors import RuleError

OK = 200
INVALID = 422
REASON = "Kept with the change. At most 500 characters."
PLAIN = {"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
GOOD_PASSWORDS = "At least 12 characters. A few words that only you would put together are best."


class Form(FlaskForm):
    """A form that can carry the domain's refusal back to its page.

    Attributes:
        refusal: The sentence of a rule that belongs to no field.
        status: The status to answer with: 200, or what the refusal calls for.
        rule_error: The refusal itself; what it carries is for the page to show.
        result: What the domain returned.
    """

    class Meta:
        """Where the fields come from."""

        def wrap_formdata(self, _form: Any, _formdata: Any) -> MultiDict[str, str] | None:
            """Take texts only: Flask-WTF would also take files, and JSON of any type."""
            return request.form if request.method == "POST" and request.form else None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refusal: str | None = None
        self.status = OK
        self.rule_error: RuleError | None = None
        self.result: Any = None

    @property
    def edit(self) -> Any:
        """What was typed, as the domain takes it."""
        raise NotImplementedError

    @property
    def is_sent(self) -> bool:
        """Tell whether this request sent the form."""
        return request.method == "POST"

    @property
    def errors_summary(self) -> list[tuple[str, str]]:
        """The id of each field with an error, and the sentence."""
        return [(field.id, str(error)) for field in self for error in field.errors]

    def refuse(self, error: RuleError, status: int) -> None:
        """Put each sentence beside its field, or above the form."""
        self.status = status
        self.rule_error = error
        for part in error.parts:
            self._tell(part)

    def _tell(self, mistake: RuleError) -> None:
        field: Field | None = self._fields.get(mistake.field) if mistake.field else None
        if field is None or field.type == "HiddenField":
            self.refusal = str(mistake)
        else:
            field.errors = [*field.errors, str(mistake)]


class ReasonForm(Form):
    """The reason for what a button alone does."""

    reason = StringField("Reason", description=REASON)

    @property
    def edit(self) -> str:
        """The reason as typed."""
        return self.reason.data or ""
