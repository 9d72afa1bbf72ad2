"""Marks of settings as secrets."""

from typing import Any

from app.api.schemas import REASON, component, taken
from app.api.settings.rows import SETTING
from app.api.settings.values import ONE, UPDATE
from app.domain import settings
from app.domain.actor import Actor
from app.extensions import db
from app.models import ApplicationSetting

MARK = f"{ONE}/secret"
DECLARED: dict[str, Any] = {
    "needs": (UPDATE,),
    "gives": component("Setting"),
    "takes": taken(**REASON),
}


@SETTING.change("PUT", MARK, **DECLARED)
def mark(setting: ApplicationSetting, body: dict[str, Any], *, actor: Actor) -> None:
    """Mark a setting as a secret: neither answers nor its history show its value."""
    reason = body.get("reason", "")
    settings.mark_secret(db.session, setting.id, reason, is_secret=True, actor=actor)


@SETTING.change("DELETE", MARK, **DECLARED)
def unmark(setting: ApplicationSetting, body: dict[str, Any], *, actor: Actor) -> None:
    """Mark a setting as no secret; refused while its value is stored in clear."""
    reason = body.get("reason", "")
    settings.mark_secret(db.session, setting.id, reason, is_secret=False, actor=actor)
