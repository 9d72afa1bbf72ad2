"""Settings as requests name them: locked for a change, and answered with their etag."""

from app.api import typed
from app.api.changes import Resource
from app.api.endpoint import Answer, created
from app.domain import settings
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.models import ApplicationSetting, DbSession


def answer_of(setting: ApplicationSetting) -> Answer:
    """Return the answer that shows a setting."""
    shown = typed.setting(setting)
    return Answer(shown, shown["etag"])


def created_setting(setting: ApplicationSetting) -> Answer:
    """Return the answer that shows a new setting, and where it is."""
    db.session.expire_all()
    return created(answer_of(setting), "/settings", setting.key)


def _lock(session: DbSession, key: str) -> ApplicationSetting:
    settings.take_turns(session)
    return settings.by_key(session, key, locks=True)


SETTING = Resource("key", PermissionCode.SETTINGS_READ, _lock, settings.get, answer_of)
