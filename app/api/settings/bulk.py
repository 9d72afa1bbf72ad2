"""Several settings, reviewed and changed together."""

from collections.abc import Callable
from typing import Any

from app.api import problems, typed
from app.api.endpoint import endpoint, reviewed, saved
from app.api.schemas import ETAG, MAYBE_TEXT, REASON, TEXT, array_of, given, taken
from app.api.settings.values import READ, SETTINGS, UPDATE, VALUE, edit_of
from app.domain import settings
from app.domain.errors import InvalidValue
from app.domain.settings import (
    BulkInvalid,
    BulkRefused,
    BulkSettingEdit,
    SettingEdit,
    ValueDifference,
)
from app.extensions import db
from app.models import ApplicationSetting

MANY = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1000,
    "additionalProperties": taken("etag", etag=ETAG, **VALUE),
}
CHANGE: dict[str, Any] = {
    "read": READ,
    "needs": (UPDATE,),
    "takes": taken("settings", settings=MANY, **REASON),
}
DIFFERENCE = given(key=TEXT, before=MAYBE_TEXT, after=MAYBE_TEXT, warning=MAYBE_TEXT)


@endpoint("POST", "/setting-review", gives=given(items=array_of(DIFFERENCE)), **CHANGE)
def review(body: dict[str, Any]) -> Any:
    """Tell which settings a change of several would change, and what rules warn of."""
    return _each(body, lambda edit: map(_shown, reviewed(settings.review_many, edit)))


@endpoint("PATCH", "/settings", gives=SETTINGS, **CHANGE)
def change_many(body: dict[str, Any]) -> Any:
    """Give several settings other values in one transaction: all or none."""

    def changed(edit: BulkSettingEdit) -> Any:
        saved(settings.change_many, edit)
        return map(typed.setting, settings.by_keys(db.session, body["settings"]))

    return _each(body, changed)


def _each(body: dict[str, Any], work: Callable[[BulkSettingEdit], Any]) -> Any:
    """Return what becomes of each setting of a body, or what speaks against it."""
    sent = body["settings"]
    found = settings.by_keys(db.session, sent)
    keys = {row.id: row.key for row in found}
    try:
        edit = BulkSettingEdit(_edits(found, sent), body.get("reason", ""))
        return {"items": list(work(edit))}
    except BulkRefused as refusal:
        mistakes = refusal.errors.items()
        errors = [problems.mistake(("settings", keys[id_]), str(error)) for id_, error in mistakes]
        return problems.refused(refusal, errors)


def _edits(found: list[ApplicationSetting], sent: dict[str, Any]) -> dict[int, SettingEdit]:
    """Return the new values by the ids of their settings.

    Raises:
        BulkInvalid: Values are missing, or of another JSON type; says all that are.
    """
    edits: dict[int, SettingEdit] = {}
    mistakes: dict[int, InvalidValue] = {}
    for row in found:
        try:
            edits[row.id] = edit_of(sent[row.key], row, _etag(row, sent[row.key]))
        except InvalidValue as mistake:
            mistakes[row.id] = mistake
    if mistakes:
        raise BulkInvalid("Some values are not valid.", mistakes, {})
    return edits


def _etag(setting: ApplicationSetting, sent: dict[str, Any]) -> str:
    """Return the etag by which the domain compares under its lock; "" if it has changed already."""
    is_same = sent["etag"] == typed.setting(setting)["etag"]
    return settings.etag_of(setting) if is_same else ""


def _shown(difference: ValueDifference) -> dict[str, Any]:
    return {
        "key": difference.key,
        "before": difference.before and settings.masked(difference.before),
        "after": difference.after and settings.masked(difference.after),
        "warning": difference.warning or None,
    }
