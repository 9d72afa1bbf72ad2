"""Settings: list, read, create, replace, unset and delete them, and change several at once."""

from typing import Any

from app.api import problems, times, typed
from app.api.endpoint import CREATED, Answer, endpoint, next_page, saved
from app.api.schemas import (
    AFTER,
    ANYTHING,
    DATA_TYPES,
    FLAG,
    REASON,
    TEXT,
    TIME,
    array_of,
    component,
    given,
    page_of,
    taken,
)
from app.api.settings.rows import SETTING, answer_of, created_setting
from app.domain import settings
from app.domain.actor import Actor
from app.domain.confirmation import Deletion
from app.domain.paging import Cursors
from app.domain.permissions import PermissionCode
from app.domain.settings import BulkRefused, BulkSettingEdit, NewSetting, SettingEdit
from app.extensions import db
from app.models import ApplicationSetting

READ, UPDATE = PermissionCode.SETTINGS_READ, PermissionCode.SETTINGS_UPDATE
CREATE, DELETE = PermissionCode.SETTINGS_CREATE, PermissionCode.SETTINGS_DELETE
VALUE = {"value": ANYTHING, "text": TEXT, "unset": FLAG, "anyway": FLAG}
ONE = "/settings/<named:key>"
SETTINGS = given(items=array_of(component("Setting")))
MANY = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1000,
    "additionalProperties": taken("etag", etag=TEXT, **VALUE),
}


@endpoint(
    "GET",
    "/settings",
    needs=(READ,),
    gives=page_of("Setting"),
    query={"category": TEXT, "prefix": TEXT, "changed_since": TIME, **AFTER},
)
def index(query: dict[str, str]) -> Any:
    """List settings by key, filtered by category, beginning of the key and time of change."""
    page = settings.keys_page(
        db.session,
        Cursors(after=query.get("after")),
        category=query.get("category"),
        prefix=query.get("prefix", ""),
        changed_since=times.parsed(query, "changed_since"),
    )
    found: Any = page.rows
    items = [typed.setting(row) for row in found]
    return {"items": items, "next": next_page(page.after)}


@endpoint("GET", ONE, needs=(READ,), gives=component("Setting"), has_etag=True)
def show(key: str) -> Answer:
    """Read one setting, with its typed value; the value of a secret is not given."""
    return answer_of(settings.by_key(db.session, key))


@endpoint(
    "POST",
    "/settings",
    needs=(CREATE,),
    gives=component("Setting"),
    status=CREATED,
    takes=taken(
        "key",
        "data_type",
        key=TEXT,
        data_type=DATA_TYPES,
        category=TEXT,
        description=TEXT,
        is_mutable=FLAG,
        **VALUE,
        **REASON,
    ),
)
def create(body: dict[str, Any]) -> Answer:
    """Create a setting."""
    names = ("category", "description", "is_mutable", "reason", "anyway")
    more = {name: body[name] for name in names if name in body}
    text = typed.text_of(body, body["data_type"])
    new = NewSetting(body["key"], body["data_type"], text, **more)
    with typed.placed(body):
        setting = saved(settings.create, new)
    return created_setting(setting)


@SETTING.change(
    "PUT", ONE, needs=(UPDATE,), gives=component("Setting"), takes=taken(**VALUE, **REASON)
)
def replace(setting: ApplicationSetting, body: dict[str, Any], *, actor: Actor) -> None:
    """Give a setting another value, or none."""
    edit = _edit(body, setting, settings.etag_of(setting), body.get("reason", ""))
    with typed.placed(body):
        settings.change(db.session, setting.id, edit, actor=actor)


@SETTING.change("DELETE", ONE, needs=(DELETE,), takes=taken(**REASON))
def delete(setting: ApplicationSetting, body: dict[str, Any], *, actor: Actor) -> None:
    """Delete a setting."""
    deletion = Deletion(setting.key, settings.etag_of(setting), body.get("reason", ""))
    settings.delete(db.session, setting.id, deletion, actor=actor)


@endpoint(
    "PATCH",
    "/settings",
    read=READ,
    needs=(UPDATE,),
    gives=SETTINGS,
    takes=taken("settings", settings=MANY, **REASON),
)
def change_many(body: dict[str, Any]) -> Any:
    """Give several settings other values in one transaction: all or none."""
    sent = body["settings"]
    found = settings.by_keys(db.session, sent)
    edits = {row.id: _edit(sent[row.key], row, sent[row.key]["etag"]) for row in found}
    keys = {row.id: row.key for row in found}
    try:
        saved(settings.change_many, BulkSettingEdit(edits, body.get("reason", "")))
    except BulkRefused as refusal:
        mistakes = refusal.errors.items()
        errors = [problems.mistake(("settings", keys[id_]), str(error)) for id_, error in mistakes]
        return problems.refused(refusal, errors)
    return {"items": [typed.setting(row) for row in settings.by_keys(db.session, sent)]}


def _edit(
    sent: dict[str, Any], setting: ApplicationSetting, etag: str, reason: str = ""
) -> SettingEdit:
    text = typed.text_of(sent, setting.data_type)
    return SettingEdit(text, etag, reason, anyway=sent.get("anyway", False))
