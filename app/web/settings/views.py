"""Settings: the list, where a value is changed where it stands, and the page of each."""

from dataclasses import replace

from flask import flash, g, redirect, render_template, request, url_for

from app.domain import audit, settings
from app.domain.permissions import PermissionCode
from app.domain.settings import SettingChangedMeanwhile
from app.domain.text import shortened
from app.extensions import db
from app.models import ApplicationSetting, AuditEvent
from app.web import event_sentences, redirects
from app.web.access import missing, requires
from app.web.identity import current_actor
from app.web.saving import Page, saved_with
from app.web.settings import listing, reviewing, undo
from app.web.settings.forms import SettingForm
from app.web.settings.listing import ALL_ROWS, Listing
from app.web.settings.section import blueprint

LONGEST_SAID = 30


@blueprint.get("")
@requires(read=PermissionCode.SETTINGS_READ)
def index() -> str:
    """List the settings by category; one of them, or all, may be open for editing."""
    page = Listing(listing.wanted(), settings.read_all(db.session))
    if request.args.get("edit") == ALL_ROWS and g.me.can(PermissionCode.SETTINGS_UPDATE):
        return reviewing.editing(page)
    return render_template(
        "settings/index.html",
        page=page,
        types=listing.TYPES,
        states=listing.STATES,
        missing=missing(PermissionCode.SETTINGS_UPDATE),
        can_create=g.me.can(PermissionCode.SETTINGS_CREATE),
        editing=_editing(page),
        undo=_undo_in(page),
    )


@blueprint.route("/<id:setting_id>", methods=["GET", "POST"])
@requires(read=PermissionCode.SETTINGS_READ, change=PermissionCode.SETTINGS_UPDATE)
def show(setting_id: int) -> Page:
    """Show one setting and change it."""
    form = SettingForm()
    change = lambda: settings.change(  # noqa: E731 - one domain call
        db.session, setting_id, form.edit, actor=current_actor()
    )
    if saved_with(form, change):
        return _saved(form, setting_id)
    setting = settings.get(db.session, setting_id)
    if isinstance(form.rule_error, SettingChangedMeanwhile):
        return _conflict(form, setting)
    if not form.is_sent:
        form.start_from(_visible(setting), settings.etag_of(setting))
    return _page(form, setting), form.status


def _saved(form: SettingForm, setting_id: int) -> Page:
    if form.result is None:
        flash("That is the value already; nothing was changed.", "info")
    else:
        undo.note(form.result)
        flash(_sentence(form.result), "success")
    return redirect(_way_back(form, setting_id), 303)


def _sentence(event: AuditEvent) -> str:
    old, new = (_in_words(audit.fields_of(side)["value"]) for side in (event.before, event.after))
    return f"Saved {event.target_name}. It was {old}, now it is {new}."


def _in_words(value: str | None) -> str:
    if value is None:
        return "not set"
    return shortened(value, LONGEST_SAID) or ("blank" if value else "an empty text")


def _page(form: SettingForm, setting: ApplicationSetting) -> str:
    recent = None
    if g.me.can(PermissionCode.AUDIT_READ):
        # What was deleted once is there again, so there is nothing to restore.
        lines = event_sentences.in_words(audit.history_of(db.session, settings.target_of(setting)))
        recent = [replace(line, restore_url=None) for line in lines]
    event = undo.noted()
    etag = settings.etag_of(setting)
    form.suit(setting.data_type)
    return render_template(
        "settings/show.html",
        form=form,
        setting=setting,
        category=_category(setting),
        value=_visible(setting),
        is_set=setting.value is not None,
        is_secret=settings.is_secret(setting.key),
        lock=settings.read_only_reason(setting),
        missing=missing(PermissionCode.SETTINGS_UPDATE),
        can_delete=_can_delete(setting),
        back=_way_back(form, setting.id),
        recent=recent,
        undo=undo.offer(event, setting.value, etag) if event else None,
    )


def _conflict(form: SettingForm, setting: ApplicationSetting) -> Page:
    base = form.seen
    form.start_from(setting.value, settings.etag_of(setting))
    form.suit(setting.data_type)
    page = render_template(
        "settings/conflict.html",
        form=form,
        setting=setting,
        category=_category(setting),
        base=base,
        back=_way_back(form, setting.id),
    )
    return page, form.status


def _can_delete(setting: ApplicationSetting) -> bool:
    can = g.me.can(PermissionCode.SETTINGS_DELETE)
    return can and settings.deletion_refusal(setting) is None


def _visible(setting: ApplicationSetting) -> str | None:
    return None if settings.is_secret(setting.key) else setting.value


def _category(setting: ApplicationSetting) -> tuple[str, str]:
    """Return the category's name and the address that lists it."""
    return listing.name_of(setting.category), listing.url_of(setting.category)


def _way_back(form: SettingForm, setting_id: int) -> str:
    target: str = form.next.data or ""
    return target if redirects.is_ours(target) else url_for(".show", setting_id=setting_id)


def _editing(page: Listing) -> SettingForm | None:
    line = page.line(request.args.get("edit", type=int))
    if line is None or line.lock or not g.me.can(PermissionCode.SETTINGS_UPDATE):
        return None
    form = SettingForm()
    form.setting_id = line.id
    form.start_from(line.value, line.etag)
    form.suit(line.data_type)
    form.next.data = f"{page.url()}#setting-{line.id}"
    return form


def _undo_in(page: Listing) -> undo.Undo | None:
    event = undo.noted()
    if event is None:
        return undo.noted_many(page.url())
    if event.action == undo.DELETED:
        return undo.of_deletion(event) if g.me.can(PermissionCode.SETTINGS_CREATE) else None
    line = page.line(event.target_id)
    if line is None:
        return None
    target = f"{page.url()}#setting-{line.id}"
    return undo.offer(event, line.value, line.etag, target)
