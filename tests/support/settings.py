"""What the tests of the pages of settings share: paths, values, and what was stored."""

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.models import ApplicationSetting, AuditEvent, DbSession

if TYPE_CHECKING:
    from tests.support.browsing import Page

LIST = "/settings?category=tests"
EDIT = f"{LIST}&edit=all"
PLANTED = "sk-live-planted-4711"
JSON = '{"a": [1, 2, 3]}'
VALUES = {
    "string": "hello",
    "integer": "42",
    "float": "0.7",
    "boolean": "true",
    "json": JSON,
}
TOP_K = {
    "key": "top_k",
    "value": "5",
    "data_type": "integer",
    "category": "tests",
    "description": "How many.",
    "is_mutable": True,
}


def path_of(setting: ApplicationSetting, beyond: str = "") -> str:
    """Return the path of the page of a setting, or of one below it."""
    return f"/settings/{setting.id}{beyond}"


def control(page: "Page", name: str = "value") -> str:
    """Return the tag of the control, as it was served."""
    tag = re.search(rf'<(?:input|textarea)\b[^>]*\bname="{name}"[^>]*>', page.html)
    assert tag, f"no control is named {name}"
    return tag.group()


def value(setting: ApplicationSetting, text: str) -> dict[str, str]:
    """Return the field that gives a setting of the list another value."""
    return {f"{setting.id}-value": text}


def changes(session: DbSession) -> list[AuditEvent]:
    """Return the recorded changes of values, the oldest first."""
    query = select(AuditEvent).where(AuditEvent.action == "setting:changed")
    return list(session.scalars(query.order_by(AuditEvent.id)))


def stored(session: DbSession, key: str = "top_k") -> dict[str, Any] | None:
    """Return the columns of a setting as the database has them; None if it is not there."""
    found = session.scalars(select(ApplicationSetting).where(ApplicationSetting.key == key)).first()
    return found and {name: getattr(found, name) for name in TOP_K}
