"""The page that creates a setting."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectField, StringField, TextAreaField, ValidationError

from app.domain import settings
from app.domain.permissions import PermissionCode
from app.domain.settings import DataType, NewSetting
from app.extensions import db
from app.models import ApplicationSetting
from app.web.access import requires, sensitive_if
from app.web.forms import PLAIN, REASON
from app.web.saving import saved
from app.web.settings import secret_notes
from app.web.settings.blueprint import blueprint, is_secret_key, note_use_for_secret
from app.web.settings.value_form import AGAIN, FEWEST_ROWS, AnywayForm

KEY = (
    "Lowercase letters, digits, “_”, “.” and “-”, starting with a letter; at most 255. "
    "Cannot be changed later."
)
VALUE = "Must be valid for the data type. An empty field is stored as an empty string."
MUTABLE = (
    "If you clear this box, nobody can change or delete this setting in the console, not even you."
)


class NewSettingForm(AnywayForm):
    """A new setting."""

    key = StringField("Key", description=KEY, render_kw=PLAIN | {"maxlength": 255})
    data_type = SelectField("Data type", choices=[kind.value for kind in DataType])
    category = StringField("Category", description="Choose an existing category or type a new one.")
    description = TextAreaField("Description")
    value = TextAreaField("Value", description=VALUE, render_kw=PLAIN | {"rows": FEWEST_ROWS})
    unset = BooleanField("Not set")
    is_mutable = BooleanField("Can be changed in this console", default=True, description=MUTABLE)
    reason = StringField("Reason", description=REASON)

    @property
    def edit(self) -> NewSetting:
        """The new setting, as the domain takes it."""
        return NewSetting(
            key=self.key.data or "",
            data_type=self.data_type.data or "",
            text=None if self.unset.data else self.value.data or "",
            category=self.category.data or "",
            description=self.description.data or "",
            is_mutable=self.is_mutable.data,
            reason=self.reason.data or "",
            anyway=bool(self.anyway.data),
        )

    def forget_secrets(self) -> None:
        """Keep a secret that was typed off the page that refuses it."""
        text = self.value.data or ""
        if not text:
            return
        if not is_secret_key(self.key.data):
            self.value.data = settings.masked(text)
            return
        self.value.data = ""
        self.value.errors = self.value.errors or [AGAIN]

    def validate_unset(self, _field: BooleanField) -> None:
        """Refuse a value that would be lost because "Not set" is selected."""
        if self.unset.data and self.value.data:
            raise ValidationError(
                "“Not set” is selected, but there is a value. Clear the box or the value."
            )


def _names_secret() -> bool:
    """Tell whether the key that was typed is one of secrets, also once its value was left out."""
    return is_secret_key(request.form.get("key"))


@blueprint.route("/new", methods=["GET", "POST"])
@sensitive_if(_names_secret)
@requires(read=PermissionCode.SETTINGS_CREATE, change=PermissionCode.SETTINGS_CREATE)
def new() -> ResponseReturnValue:
    """Create a setting."""
    form = NewSettingForm()
    if saved(form, settings.create):
        flash(f"Created {form.result.key}.", "success")
        if is_secret_key(form.result.key):
            if note := secret_notes.note_of_ends(form.edit.text):
                flash(note, "info")
            note_use_for_secret()
        return redirect(page_of(form.result), 303)
    form.forget_secrets()
    can_read = g.me.can(PermissionCode.SETTINGS_READ)
    categories = settings.by_category(settings.read_all(db.session)) if can_read else {}
    page = render_template(
        "settings/new.html",
        form=form,
        categories=filter(None, categories),
        always_set=settings.always_set(db.session),
        has_key=settings.keys_of(db.session).current is not None,
    )
    return page, form.status


def page_of(setting: ApplicationSetting) -> str:
    """Return the URL of the setting's page, or of the overview for who may not read settings."""
    if not g.me.can(PermissionCode.SETTINGS_READ):
        return url_for("home.overview")
    return url_for("settings.show", setting_id=setting.id)
