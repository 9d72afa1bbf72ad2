"""Which settings there are: a new one, one that goes, and one that comes back."""

from flask import flash, g, redirect, render_template, url_for

from app.domain import audit, settings
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.models import ApplicationSetting
from app.web.access import missing, requires
from app.web.identity import current_actor
from app.web.saving import Page, saved_with
from app.web.settings import listing, undo
from app.web.settings.forms import DeleteForm, NewSettingForm, ReasonForm
from app.web.settings.section import blueprint, visible


@blueprint.route("/new", methods=["GET", "POST"])
@requires(read=PermissionCode.SETTINGS_CREATE, change=PermissionCode.SETTINGS_CREATE)
def create() -> Page:
    """Create a setting."""
    form = NewSettingForm()
    change = lambda: settings.create(  # noqa: E731 - one domain call
        db.session, form.new, actor=current_actor()
    )
    if saved_with(form, change):
        flash(f"Created {form.result.key}.", "success")
        return redirect(_page_of(form.result), 303)
    can_read = g.me.can(PermissionCode.SETTINGS_READ)
    known = settings.by_category(settings.read_all(db.session)) if can_read else {}
    categories = [name for name in known if name]
    page = render_template("settings/new.html", form=form, categories=categories, can_read=can_read)
    return page, form.status


@blueprint.route("/<id:setting_id>/delete", methods=["GET", "POST"])
@requires(read=PermissionCode.SETTINGS_READ, change=PermissionCode.SETTINGS_DELETE)
def delete(setting_id: int) -> Page:
    """Ask for the key of a setting, and delete it."""
    form = DeleteForm()
    change = lambda: settings.delete(  # noqa: E731 - one domain call
        db.session, setting_id, form.deletion, actor=current_actor()
    )
    if saved_with(form, change):
        undo.note(form.result)
        flash(f"Deleted {form.result.target_name}.", "success")
        return redirect(url_for(".index"), 303)
    setting = settings.get(db.session, setting_id)
    form.etag.data = settings.etag_of(setting)
    page = render_template(
        "settings/delete.html",
        form=form,
        setting=setting,
        category=(listing.name_of(setting.category), listing.url_of(setting.category)),
        is_secret=settings.is_secret(setting.key),
        lock=settings.deletion_refusal(setting),
        missing=missing(PermissionCode.SETTINGS_DELETE),
    )
    return page, form.status


@blueprint.route("/restore/<id:event_id>", methods=["GET", "POST"])
@requires(read=PermissionCode.SETTINGS_READ, change=PermissionCode.SETTINGS_CREATE)
def restore(event_id: int) -> Page:
    """Show a deleted setting, and bring it back."""
    form = ReasonForm()
    visible(audit.get(db.session, event_id))
    change = lambda: settings.restore(  # noqa: E731 - one domain call
        db.session, event_id, form.reason.data or "", actor=current_actor()
    )
    if saved_with(form, change):
        flash(f"Restored {form.result.key}.", "success")
        return redirect(_page_of(form.result), 303)
    event = settings.deletion_event(db.session, event_id)
    kept = audit.fields_of(event.before)
    page = render_template(
        "settings/restore.html",
        form=form,
        event=event,
        kept=kept,
        category=listing.name_of(kept["category"]),
        is_there=settings.is_taken(db.session, kept["key"]),
        missing=missing(PermissionCode.SETTINGS_CREATE),
    )
    return page, form.status


def _page_of(setting: ApplicationSetting) -> str:
    if not g.me.can(PermissionCode.SETTINGS_READ):
        return url_for("home.overview")
    return url_for(".show", setting_id=setting.id)
