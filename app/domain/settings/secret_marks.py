"""Marks of settings as secrets or as none, and what of recorded values they let be shown."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import attributes

from app.domain import audit
from app.domain.settings import secrecy
from app.domain.settings.secrets import TOKEN
from app.domain.settings.values import HIDDEN
from app.domain.text import is_name
from app.models import ApplicationSetting, AuditEvent, DbSession, SettingRule

UNMARKED = "setting:unmarked-secret"
_NEWEST = (
    select(AuditEvent.target_name, func.max(AuditEvent.id).label("event_id"))
    .where(AuditEvent.action == UNMARKED)
    .group_by(AuditEvent.target_name)
    .subquery()
)
_MARKS = (
    select(SettingRule.key, SettingRule.is_secret, _NEWEST.c.event_id)
    .outerjoin(_NEWEST, _NEWEST.c.target_name == SettingRule.key)
    .where(SettingRule.is_secret.is_not(None))
)

_IS_ENCRYPTED = ApplicationSetting.value.startswith(TOKEN)


@dataclass(frozen=True)
class SecretMarks:
    """The marks of all settings.

    Attributes:
        by_key: Whether a key is marked as a secret, or as none.
        unmarked: The newest event of each key that marked it as none.
    """

    by_key: Mapping[str, bool]
    unmarked: Mapping[str, int]

    def is_secret(self, key: str) -> bool:
        """Tell whether the value of a setting with this key is a secret."""
        return secrecy.is_secret(key, mark=self.by_key.get(key))

    def hides(self, key: str, event_id: int) -> bool:
        """Tell whether an event tells of a secret; what was one once is not shown afterwards."""
        return self.is_secret(key) or event_id <= self.unmarked.get(key, 0)

    def shown(self, key: str, event_id: int, side: audit.Fields) -> str | None:
        """Return the value before or after an event, as it may be shown; None for "not set"."""
        value = side.get("value")
        if side.get(secrecy.IS_SET):
            return HIDDEN
        if value is None:
            return None
        return HIDDEN if self.hides(key, event_id) else secrecy.masked(value)

    def can_restore(self, key: str, event_id: int, side: audit.Fields) -> bool:
        """Tell whether an event holds a value that the console shows in full."""
        if "value" not in side or self.hides(key, event_id):
            return False
        return secrecy.is_whole(side["value"])


def secret_marks(session: DbSession, locked: Collection[ApplicationSetting] = ()) -> SecretMarks:
    """Return the marks of all settings, in one statement.

    Args:
        session: The database session.
        locked: Settings that are loaded, which get these marks: PostgreSQL has read theirs before
            it waited for the locks of the rows.
    """
    rows = session.connection().execute(_MARKS).all()
    by_key = {row.key: row.is_secret for row in rows}
    for setting in locked:
        attributes.set_committed_value(setting, "secret_mark", by_key.get(setting.key))
    unmarked = {row.key: row.event_id for row in rows if row.event_id is not None}
    return SecretMarks(by_key, unmarked)


def secret_ids(session: DbSession, setting_ids: Collection[int]) -> frozenset[int]:
    """Return those of the settings with these ids whose values are hidden."""
    columns = ApplicationSetting.id, ApplicationSetting.key, ApplicationSetting.secret_mark
    query = select(*columns, _IS_ENCRYPTED).where(ApplicationSetting.id.in_(setting_ids))
    return frozenset(
        id_
        for id_, key, mark, is_encrypted in session.execute(query)
        if is_encrypted or secrecy.is_secret(key, mark=mark)
    )


def secrets_among(session: DbSession, keys: Collection[str]) -> set[str]:
    """Return those of the keys that are of a secret, or of a value that is encrypted."""
    names = [key for key in keys if is_name(key)]
    query = select(ApplicationSetting.key).where(ApplicationSetting.key.in_(names), _IS_ENCRYPTED)
    return {*filter(secret_marks(session).is_secret, keys), *session.scalars(query)}
