"""The form that takes a transfer file: uploaded or pasted."""

from typing import Any

from flask import request
from wtforms import TextAreaField, ValidationError

from app.domain import settings, transfer
from app.domain.errors import InvalidValue
from app.domain.transfer import TransferFile
from app.extensions import db
from app.web.forms import PLAIN
from app.web.kept_input import UPLOAD
from app.web.review import ReviewedForm

NOT_REPEATED = "It is not repeated here, as it holds a secret: choose or paste it again."


class FileForm(ReviewedForm):
    """A transfer file as text; one that is uploaded takes its place.

    Attributes:
        file: The content of the file, once the form is validated.
    """

    text = TextAreaField("Content of the file", render_kw=PLAIN)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.file = TransferFile()

    def validate_text(self, field: TextAreaField) -> None:
        """Read the file; done here, before a transaction begins."""
        try:
            if (upload := request.files.get(UPLOAD)) and upload.filename:
                field.data = transfer.read_text(upload.stream)
            self.file = transfer.read_file(field.data or "")
        except InvalidValue as mistake:
            raise ValidationError(str(mistake)) from mistake

    def forget_secrets(self) -> None:
        """Keep a file with the value of a secret off the page that takes the file."""
        if secret_keys(self.text.data or "", None if self.text.errors else self.file):
            self.text.data = ""
            if self.text.errors:
                self.text.errors = [*self.text.errors, NOT_REPEATED]


def secret_keys(text: str, file: TransferFile | None) -> set[str]:
    """Return the keys of the secrets that the text of a file, or what was read, gives values to."""
    valued = transfer.keys_with_values(text, file)
    marked = {key for key, is_marked in valued.items() if is_marked}
    return marked | settings.secrets_among(db.session, valued) if valued else marked
