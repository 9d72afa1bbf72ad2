"""The organisation of ``make demo``, with secrets that are set in clear: no page may show them."""

from sqlalchemy import update

from app.models import ApplicationSetting, DbSession
from app.models.base import utcnow
from tools import demo_organisation

SECRETS = {
    "embedding_api_key": "hf-not-to-be-seen",
    "vector_db_api_key": "qd-not-to-be-seen",
    "cache_redis_password": "rd-not-to-be-seen",
    "smtp_password": "sm-not-to-be-seen",
}


def found(session: DbSession) -> None:
    """Add the organisation to a migrated database; the session is committed."""
    demo_organisation.create(session, utcnow())
    for key, value in SECRETS.items():
        secret = update(ApplicationSetting).where(ApplicationSetting.key == key)
        session.execute(secret.values(value=value))
    session.commit()
