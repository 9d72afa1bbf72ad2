"""Encrypt stored secrets with the key of today: those in clear, and those of a former key."""

from collections.abc import Collection, Iterable

from sqlalchemy import select, update

from app.domain import audit
from app.domain.actor import Actor
from app.domain.settings import lookup, secrecy, secrets
from app.domain.settings.secrets import PREFIX, SecretKeys, SecretState, TooLongToEncrypt
from app.domain.target import Target
from app.domain.text import checked_reason
from app.models import ApplicationSetting, DbSession

ENCRYPTED = "setting:encrypted"
FORMER = frozenset({SecretState.FORMER_KEY})
FORMER_OR_CLEAR = FORMER | {SecretState.IN_CLEAR}


def secret_states(session: DbSession) -> dict[str, SecretState]:
    """Return how the value of each secret that is set is stored, by key."""
    states = {
        setting.key: secrets.secret_state(setting)
        for setting in _secrets(session)
        if setting.value is not None
    }
    return {key: state for key, state in states.items() if state is not None}


def ids_to_encrypt(session: DbSession, states: Collection[SecretState]) -> list[int]:
    """Return the ids of the secrets that are stored in one of these ways."""
    return [setting.id for setting in _secrets(session) if secrets.secret_state(setting) in states]


def encrypt_again(
    session: DbSession,
    setting_id: int,
    states: Collection[SecretState],
    reason: str = "",
    *,
    actor: Actor,
) -> bool:
    """Encrypt the value of one secret with the key of today, and record who did it.

    The value means the same as before, so that read-only settings are encrypted too, and the time
    of the last change stays.

    Args:
        session: The database session; the caller commits it.
        setting_id: The setting; its row is locked, and looked at again.
        states: The ways of storing it in which it is encrypted.
        reason: Why, in the actor's words.
        actor: The command.

    Returns:
        Whether there was anything to do by then.

    Raises:
        NotFound: The setting does not exist.
        TooLongToEncrypt: The result would not fit; the target is the setting.
        InvalidValue: There is no key, or the reason is too long.
    """
    setting = lookup.load_for_update(session, setting_id)
    keys, stored = secrets.keys_of(session), setting.value
    if stored is None or secrets.secret_state(setting) not in states:
        return False
    text = keys.decrypted(stored) if stored.startswith(PREFIX) else stored
    value = _encrypted(setting, text or "", keys)
    target, reason = Target.of_setting(setting), checked_reason(reason)
    _store(session, setting, value)
    is_set = secrecy.recorded(value, is_secret=True)
    audit.record(
        session, ENCRYPTED, target, actor=actor, reason=reason, before=is_set, after=is_set
    )
    return True


def _store(session: DbSession, setting: ApplicationSetting, value: str) -> None:
    where = ApplicationSetting.id == setting.id
    # The time stays: to whoever reads the value, nothing has changed.
    same_time = {"updated_at": ApplicationSetting.updated_at}
    session.execute(update(ApplicationSetting).where(where).values(value=value, **same_time))
    session.expire(setting)


def _encrypted(setting: ApplicationSetting, text: str, keys: SecretKeys) -> str:
    try:
        return secrets.encrypted(text, keys)
    except TooLongToEncrypt as refusal:
        raise TooLongToEncrypt(str(refusal), target=Target.of_setting(setting)) from refusal


def _secrets(session: DbSession) -> Iterable[ApplicationSetting]:
    settings = session.scalars(select(ApplicationSetting).order_by(ApplicationSetting.key))
    return filter(secrets.is_secret_setting, settings)
