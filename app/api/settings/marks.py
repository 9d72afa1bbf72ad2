"""Marks of settings as secrets."""

from functools import partial
from typing import Any

from app.api.endpoint import Answer, endpoint, saved
from app.api.schemas import REASON, component, taken
from app.api.settings import rows
from app.api.settings.values import ONE, READ, UPDATE
from app.domain import settings
from app.domain.actor import Actor
from app.models import AuditEvent, DbSession

MARK = f"{ONE}/secret"
DECLARED: dict[str, Any] = {
    "read": READ,
    "needs": (UPDATE,),
    "gives": component("Setting"),
    "takes": taken(**REASON),
    "has_etag": True,
}


@endpoint("PUT", MARK, **DECLARED)
def mark(key: str, body: dict[str, Any]) -> Answer:
    """Mark a setting as a secret: neither answers nor its history show its value."""
    saved(partial(_mark, is_secret=True), key, body.get("reason", ""))
    return rows.answer_with(key)


@endpoint("DELETE", MARK, **DECLARED)
def unmark(key: str, body: dict[str, Any]) -> Answer:
    """Mark a setting as no secret; refused while its value is stored in clear."""
    saved(partial(_mark, is_secret=False), key, body.get("reason", ""))
    return rows.answer_with(key)


def _mark(
    session: DbSession, key: str, reason: str, *, is_secret: bool, actor: Actor
) -> AuditEvent | None:
    setting = rows.matched(session, key)
    return settings.mark_secret(session, setting.id, reason, is_secret=is_secret, actor=actor)
