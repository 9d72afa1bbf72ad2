"""Mark settings as secrets, or as none."""

from app.domain import audit
from app.domain.actor import Actor
from app.domain.errors import RuleError
from app.domain.settings import lookup, secrecy, secrets
from app.domain.settings.secret_marks import UNMARKED
from app.domain.settings.value_rules import checks
from app.domain.target import Target
from app.models import ApplicationSetting, AuditEvent, DbSession, SettingRule
from app.models.base import utcnow
from app.models.upsert import insert_or_update

MARKED = "setting:marked-secret"


class WouldReveal(RuleError):
    """The mark cannot be removed, because it hides a value that is stored in clear."""


def mark_secret(
    session: DbSession, setting_id: int, reason: str = "", *, is_secret: bool, actor: Actor
) -> AuditEvent | None:
    """Mark a setting as a secret, or as none, and record who did it.

    The stored value stays as it is: a value that is encrypted stays hidden until it is replaced.

    Args:
        session: The database session; the caller commits it.
        setting_id: The setting.
        reason: Why, in the actor's words.
        is_secret: Whether it is to be a secret.
        actor: The person or command marking it.

    Returns:
        The event that records it; None, with nothing recorded, if it was that already.

    Raises:
        NotFound: The setting does not exist.
        WouldReveal: The setting is to be no secret, and its value is stored in clear.
        InvalidValue: There is no reason where one is needed, or it is too long.
    """
    setting = lookup.load_for_update(session, setting_id)
    was_secret = secrecy.is_secret(setting.key, mark=setting.secret_mark)
    if was_secret == is_secret:
        return None
    if not is_secret:
        _refuse_revealing(setting)
    reason = checks.reason_for(reason, checks.needing_reason(session, [setting.key]))
    _put_mark(session, setting.key, is_secret=is_secret)
    session.expire(setting)
    return audit.record(
        session,
        MARKED if is_secret else UNMARKED,
        Target.of_setting(setting),
        actor=actor,
        reason=reason,
        before={"is_secret": was_secret},
        after={"is_secret": is_secret},
    )


def why_still_secret(setting: ApplicationSetting) -> str:
    """Return why a secret cannot be marked as none, or ""."""
    if not setting.value or secrets.is_encrypted(setting.value):
        return ""
    return "Its value is stored in clear and would be shown. Replace or remove it first."


def _refuse_revealing(setting: ApplicationSetting) -> None:
    if reason := why_still_secret(setting):
        sentence = f"{setting.key} stays a secret. {reason}"
        raise WouldReveal(sentence, target=Target.of_setting(setting))


def _put_mark(session: DbSession, key: str, *, is_secret: bool) -> None:
    now, connection = utcnow(), session.connection()
    statement = insert_or_update(
        connection.dialect.name,
        SettingRule,
        ["key"],
        # With the key: to MySQL one with spaces after it is the same key.
        lambda row: {"key": row.key, "is_secret": row.is_secret, "updated_at": row.updated_at},
    )
    row = {"key": key, "is_secret": is_secret, "created_at": now, "updated_at": now}
    connection.execute(statement, row)
