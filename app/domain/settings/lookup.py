"""Find one setting, to show it or to change it."""

from collections.abc import Collection

from sqlalchemy import bindparam, select

from app.domain.errors import NotFound
from app.domain.phrases import listed
from app.domain.text import is_name
from app.models import ApplicationSetting, DbSession

# Made once: SQLAlchemy works out once what it finds the compiled statement by.
_LOCKED = (
    select(ApplicationSetting)
    .where(ApplicationSetting.id == bindparam("setting_id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def get(session: DbSession, setting_id: int) -> ApplicationSetting:
    """Return the setting.

    Raises:
        NotFound: The setting does not exist.
    """
    setting = session.get(ApplicationSetting, setting_id)
    if setting is None:
        raise NotFound("This setting does not exist.")
    return setting


def by_key(session: DbSession, key: str, *, locks: bool = False) -> ApplicationSetting:
    """Return the setting named ``key``.

    Args:
        session: The database session.
        key: The key.
        locks: Whether its row is locked until the transaction ends; see `load_for_update`.

    Raises:
        NotFound: The setting does not exist.
    """
    query = select(ApplicationSetting).where(ApplicationSetting.key == key)
    if locks:
        query = query.with_for_update().execution_options(populate_existing=True)
    setting = session.scalars(query).first() if is_name(key) else None
    # To MySQL a key with spaces after it is the same key.
    if setting is None or setting.key != key:
        raise NotFound(f"There is no setting named {key}.")
    return setting


def by_keys(session: DbSession, keys: Collection[str]) -> list[ApplicationSetting]:
    """Return the settings with these keys, in the order of the keys.

    Raises:
        NotFound: One of them does not exist.
    """
    names = [key for key in keys if is_name(key)]
    query = select(ApplicationSetting).where(ApplicationSetting.key.in_(names))
    query = query.order_by(ApplicationSetting.key).execution_options(populate_existing=True)
    settings = list(session.scalars(query))
    if missing := sorted(set(keys) - {setting.key for setting in settings}):
        raise NotFound(f"There is no setting named {listed(missing)}.")
    return settings


def lock_by_keys(session: DbSession, keys: Collection[str]) -> None:
    """Lock the rows of the settings with these keys until the transaction ends, if there are any.

    As everywhere in the order of the ids, so that nobody deadlocks.
    """
    names = [key for key in keys if is_name(key)]
    query = select(ApplicationSetting.id).where(ApplicationSetting.key.in_(names))
    session.execute(query.order_by(ApplicationSetting.id).with_for_update()).all()


def load_for_update(session: DbSession, setting_id: int) -> ApplicationSetting:
    """Return the setting, with its row locked until the transaction ends.

    Raises:
        NotFound: The setting does not exist.
    """
    # It reads what is there after waiting, and takes no snapshot on MySQL. SQLite, which ignores
    # FOR UPDATE, has locked the whole file.
    setting = session.scalars(_LOCKED, {"setting_id": setting_id}).one_or_none()
    if setting is None:
        raise NotFound("This setting does not exist.")
    return setting
