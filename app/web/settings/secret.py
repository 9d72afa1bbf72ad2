"""The page that marks a setting as a secret, or as none."""

from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from app.domain import settings
from app.domain.errors import InvalidValue
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.web.access import requires, sensitive
from app.web.forms import ReasonForm
from app.web.saving import saved
from app.web.settings import listing
from app.web.settings.blueprint import blueprint

SECRET, NONE = MARKS = ("secret", "none")


class SecretForm(ReasonForm):
    """The mark that a setting is to have, and the reason."""

    mark = HiddenField()

    @property
    def is_secret(self) -> bool:
        """Tell whether it is to be a secret."""
        return bool(self.mark.data == SECRET)

    @property
    def edit(self) -> str:
        """The reason as entered.

        Raises:
            InvalidValue: The form does not say what the setting is to be.
        """
        if self.mark.data not in MARKS:
            raise InvalidValue("The form was not complete. Send it again with the button below.")
        return super().edit


@blueprint.route("/<id:setting_id>/secret", methods=["GET", "POST"])
@sensitive
@requires(read=PermissionCode.SETTINGS_READ, change=PermissionCode.SETTINGS_UPDATE)
def secret(setting_id: int) -> ResponseReturnValue:
    """Tell what marking a setting does, and mark it."""
    form = SecretForm()
    if saved(form, partial(settings.mark_secret, is_secret=form.is_secret), setting_id):
        return _saved(form, setting_id)
    setting = settings.get(db.session, setting_id)
    is_secret = settings.is_secret(setting.key, mark=setting.secret_mark)
    form.mark.data = NONE if is_secret else SECRET
    page = render_template(
        "settings/secret.html",
        form=form,
        setting=setting,
        category=listing.category_link(setting.category),
        is_secret=is_secret,
        refusal=settings.why_still_secret(setting) if is_secret else "",
        needs_reason=settings.rule_state(db.session, setting).rule.requires_reason,
        is_in_clear=bool(setting.value) and not settings.is_secret_setting(setting),
    )
    return page, form.status


def _saved(form: SecretForm, setting_id: int) -> ResponseReturnValue:
    word = "a secret" if form.is_secret else "not a secret"
    if form.result:
        flash(f"Marked {form.result.target_name} as {word}.", "success")
    else:
        flash(f"No change: it is {word} already.", "info")
    return redirect(url_for(".show", setting_id=setting_id), 303)
