"""One setting as requests name it: locked for a change, and answered with its etag."""

from urllib.parse import quote

from app.api import preconditions, typed
from app.api.blueprint import PREFIX
from app.api.endpoint import CREATED, Answer
from app.domain import etags, settings
from app.extensions import db
from app.models import ApplicationSetting, DbSession


def matched(session: DbSession, key: str) -> ApplicationSetting:
    """Return a setting, locked, if the request was made for its current version.

    Raises:
        NotFound: The setting does not exist.
        Outdated: The request was made for another version.
    """
    settings.take_turns(session)
    setting = settings.by_key(session, key, locks=True)
    preconditions.compare(etag_of(setting))
    return setting


def answer_with(key: str) -> Answer:
    """Return the answer with a setting as it is stored now.

    Raises:
        NotFound: The setting does not exist.
    """
    db.session.expire_all()
    setting = settings.by_key(db.session, key)
    return Answer(typed.setting(setting), etag_of(setting))


def created(setting: ApplicationSetting) -> Answer:
    """Return the answer with a new setting, and where it is."""
    answer = answer_with(setting.key)
    path = f"{PREFIX}/settings/{quote(setting.key, safe='')}"
    return Answer(answer.content, answer.etag, CREATED, {"Location": path})


def etag_of(setting: ApplicationSetting) -> str:
    """Return the digest of what the API shows of a setting."""
    # Its own etag stands for the value of a secret, which the answer does not hold.
    return etags.of(typed.setting(setting))
