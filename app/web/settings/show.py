"""The page of a setting, where its value is changed."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField

from app.domain import audit, settings
from app.domain.permissions import PermissionCode
from app.domain.settings import SettingChangedMeanwhile, SettingEdit
from app.domain.settings.value_rules import editing
from app.domain.target import Target
from app.extensions import db
from app.models import ApplicationSetting, AuditEvent
from app.web import redirects
from app.web.access import requires, sensitive_if
from app.web.events import conflicts, history_card
from app.web.forms import REASON
from app.web.saving import saved
from app.web.settings import earlier, listing, outside, secret_notes, undo_form
from app.web.settings.blueprint import blueprint, holds_secret, note_use_for_secret
from app.web.settings.value_form import ValueForm, contested


class SettingForm(ValueForm):
    """A new value for the setting that is open, and the reason; ``next`` is the list around it.

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
        """The new value, as the domain takes it."""
        anyway = bool(self.anyway.data)
        return SettingEdit(self.typed, self.etag.data or "", self.reason.data or "", anyway)


@blueprint.route("/<id:setting_id>", methods=["GET", "POST"])
@sensitive_if(holds_secret)
@requires(read=PermissionCode.SETTINGS_READ, change=PermissionCode.SETTINGS_UPDATE)
def show(setting_id: int) -> ResponseReturnValue:
    """Show one setting and change it."""
    form = SettingForm()
    if saved(form, settings.change, setting_id):
        return _saved(form, setting_id)
    setting = settings.get(db.session, setting_id)
    if settings.is_secret_setting(setting) or form.is_secret_sent:
        form.start_over(settings.shown_value(setting), settings.etag_of(setting))
    elif isinstance(form.rule_error, SettingChangedMeanwhile):
        return _conflict(form, setting)
    return _page(form, setting)


def _saved(form: SettingForm, setting_id: int) -> ResponseReturnValue:
    event: AuditEvent | None = form.result
    if event is None:
        flash("No change: that is already the value.", "info")
    elif sentence := secret_notes.sentence(event):
        flash(sentence, "success")
        if note := secret_notes.note_of_ends(form.typed):
            flash(note, "info")
        note_use_for_secret()
    else:
        undo_form.remember(event)
        old, new = (audit.fields_of(side)["value"] for side in (event.before, event.after))
        before, after = settings.change_in_sentence(old, new)
        flash(f"Saved {event.target_name}. It was {before}, now it is {after}.", "success")
        if note := settings.note_of_ends(new):
            flash(note, "info")
    return redirect(_way_back(form, setting_id), 303)


def _page(form: SettingForm, setting: ApplicationSetting) -> ResponseReturnValue:
    etag, is_secret = settings.etag_of(setting), settings.is_secret_setting(setting)
    state = settings.rule_state(db.session, setting)
    value = settings.shown_value(setting)
    if not form.is_sent:
        form.start_from(value, etag)
    earlier_value = earlier.fill_in(form, setting)
    form.suit(setting.data_type, state.rule, is_secret=is_secret)
    read_only_reason = settings.read_only_reason(setting)
    if is_secret and not read_only_reason:
        form.ask_again()
    event = undo_form.last_change()
    page = render_template(
        "settings/show.html",
        form=form,
        setting=setting,
        category=listing.category_link(setting.category),
        value=value,
        is_secret=is_secret,
        secret=secret_notes.of_setting(setting) if is_secret else None,
        earlier=earlier_value,
        outside=outside.note_of(setting),
        rule=state.rule,
        rule_words=editing.rule_in_words(state.rule),
        findings=state.findings,
        effect=settings.effect_of_setting(db.session, setting),
        read_only_reason=read_only_reason,
        can_be_deleted=settings.deletion_refusal(setting) is None,
        back=_way_back(form, setting.id),
        history=history_card.of_setting(
            Target.of_setting(setting), url_for(".history", setting_id=setting.id)
        ),
        undo=undo_form.of_change(event, setting.value, etag) if event and not is_secret else None,
    )
    return page, form.status


def _conflict(form: SettingForm, setting: ApplicationSetting) -> ResponseReturnValue:
    base = form.seen
    form.start_from(setting.value, settings.etag_of(setting))
    rule = settings.rule_state(db.session, setting).rule
    form.suit(setting.data_type, rule)
    page = render_template(
        "settings/_conflict.html",
        form=form,
        rule=rule,
        setting=setting,
        category=listing.category_link(setting.category),
        base=base,
        author=conflicts.author_of(conflicts.SETTING, contested(setting, base)),
        back=_way_back(form, setting.id),
    )
    return page, form.status


def _way_back(form: SettingForm, setting_id: int) -> str:
    target: str = form.next.data or ""
    return target if redirects.is_ours(target) else url_for(".show", setting_id=setting_id)
