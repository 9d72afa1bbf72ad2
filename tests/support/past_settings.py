"""Settings changed, deleted and restored as they were at a time, each as a save of its own."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from app.domain import settings
from app.domain.confirmation import Deletion
from app.domain.settings import SettingEdit
from app.models import ApplicationSetting, AuditEvent, DbSession
from tests.support.people import OPERATOR


def take_start(session: DbSession) -> None:
    """Record the values of all settings, as the first save does."""
    settings.record_all_outside(session, actor=OPERATOR)
    session.commit()


def change(session: DbSession, setting: ApplicationSetting, text: str | None) -> None:
    """Give a setting another value."""
    edit = SettingEdit(text, settings.etag_of(setting))
    settings.change(session, setting.id, edit, actor=OPERATOR)
    session.commit()


def delete(session: DbSession, setting: ApplicationSetting) -> int:
    """Delete a setting; return the event of the deletion."""
    deletion = Deletion(name=setting.key, etag=settings.etag_of(setting))
    event = settings.delete(session, setting.id, deletion, actor=OPERATOR)
    session.commit()
    return event.id


def restore(session: DbSession, moment: datetime, reason: str = "") -> list[AuditEvent]:
    """Restore all settings that can be, as they were at a time; return the events."""
    past = settings.as_of(session, moment)
    keys = [one.key for one in past.values if one.differs and not one.why_not]
    edit = settings.edit_of_past(past, keys, reason)
    made = settings.change_many(session, edit, actor=OPERATOR)
    session.commit()
    return made


def values(session: DbSession, keys: Collection[str]) -> dict[str, str | None]:
    """Return the stored values of those of these settings that there are."""
    session.expire_all()
    found = session.scalars(select(ApplicationSetting).where(ApplicationSetting.key.in_(keys)))
    return {setting.key: setting.value for setting in found}
