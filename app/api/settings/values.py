"""Settings: list, read, create, replace, unset and delete them."""

from typing import Any

from app.api import times, typed
from app.api.endpoint import CREATED, Answer, endpoint, next_page, saved
from app.api.schemas import (
    AFTER,
    ANYTHING,
    DATA_TYPES,
    FLAG,
    REASON,
    SETTING_STATES,
    TEXT,
    TIME,
    Schema,
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
from app.domain.settings import NewSetting, SettingEdit, SettingFilter
from app.extensions import db
from app.models import ApplicationSetting

READ, UPDATE = PermissionCode.SETTINGS_READ, PermissionCode.SETTINGS_UPDATE
CREATE, DELETE = PermissionCode.SETTINGS_CREATE, PermissionCode.SETTINGS_DELETE
VALUE = {"value": ANYTHING, "text": TEXT, "unset": FLAG, "anyway": FLAG}
ONE = "/settings/<named:key>"
SETTINGS = given(items=array_of(component("Setting")))
SIFTED: dict[str, Schema] = {"q": TEXT, "type": DATA_TYPES, "state": SETTING_STATES}


@endpoint(
    "GET",
    "/settings",
    needs=(READ,),
    gives=page_of("Setting"),
    query={"category": TEXT, "prefix": TEXT, "changed_since": TIME, **SIFTED, **AFTER},
)
def index(query: dict[str, str]) -> Any:
    """List settings by key, with the filters of the page, beginning of the key, time of change."""
    page = settings.keys_page(
        db.session,
        Cursors(after=query.get("after")),
        category=query.get("category"),
        prefix=query.get("prefix", ""),
        changed_since=times.parsed(query, "changed_since"),
        ids=_sifted(query),
    )
    lines: Any = page.rows
    return {"items": [typed.shown(line) for line in lines], "next": next_page(page.after)}


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
    edit = edit_of(body, setting, settings.etag_of(setting), body.get("reason", ""))
    with typed.placed(body):
        settings.change(db.session, setting.id, edit, actor=actor)


@SETTING.change("DELETE", ONE, needs=(DELETE,), takes=taken(**REASON))
def delete(setting: ApplicationSetting, body: dict[str, Any], *, actor: Actor) -> None:
    """Delete a setting."""
    deletion = Deletion(setting.key, settings.etag_of(setting), body.get("reason", ""))
    settings.delete(db.session, setting.id, deletion, actor=actor)


def _sifted(query: dict[str, str]) -> set[int] | None:
    """Return the settings that pass the filters of the page; None without such a filter."""
    sent = {name: query[name] for name in SIFTED if name in query}
    if not any(sent.values()):
        return None
    lines = settings.matching(settings.read_all(db.session), SettingFilter(**sent))
    return {line.id for line in lines}


def edit_of(
    sent: dict[str, Any], setting: ApplicationSetting, etag: str, reason: str = ""
) -> SettingEdit:
    """Return the new value that a body gives a setting.

    Args:
        sent: The value in the body, as ``VALUE`` has it.
        setting: The setting.
        etag: The etag of the setting that the value was made for.
        reason: The reason.

    Raises:
        InvalidValue: The body gives no value, or one of another JSON type.
    """
    text = typed.text_of(sent, setting.data_type)
    return SettingEdit(text, etag, reason, anyway=sent.get("anyway", False))
