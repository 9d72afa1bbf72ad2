"""The locks of access changes: one change at a time, and the user who is changed."""

from sqlalchemy import Integer, bindparam, select, update

from app.domain.errors import NotFound
from app.models import AccessGuard, DbSession, User

_USER = (
    select(User)
    .where(User.id == bindparam("user_id", type_=Integer))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_GUARD = update(AccessGuard).values(turn=AccessGuard.turn + 1)


def serialize_access_changes(session: DbSession) -> None:
    """Wait until nobody else is changing access; lasts until the transaction ends."""
    # An UPDATE of the guard row, not SELECT ... FOR UPDATE: SQLite ignores that, and InnoDB would
    # go on reading the snapshot that the sign-in check took. It is the first statement of its
    # transaction.
    session.connection().execute(_GUARD)


def load_user_for_update(session: DbSession, user_id: int) -> User:
    """Return a user who is about to be changed, as stored now.

    The lock is for programs that do not use the guard row: they cannot assign roles to the user
    while it is held.

    Raises:
        NotFound: The user does not exist.
    """
    user = session.scalars(_USER, {"user_id": user_id}).one_or_none()
    if user is None:
        raise NotFound("This user does not exist.")
    return user
