"""User names that can be mistaken for each other."""

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from app.models import DbSession, User, UserNames
from app.models.lookalikes import mixed_scripts, skeleton

ROWS_AT_ONCE = 1000


def of(session: DbSession, username: str, by_others_than: int = 0) -> str | None:
    """Return the name of another user that looks like a name, if there is one."""
    wanted = skeleton(username)
    query = (
        select(User.username)
        .join(UserNames, UserNames.id == User.id)
        .where(UserNames.skeleton == wanted, User.id != by_others_than)
    )
    # A copy may be older than the name.
    return next((name for name in session.scalars(query) if skeleton(name) == wanted), None)


def groups(session: DbSession, most: int) -> tuple[int, list[Sequence[str]]]:
    """Return how many groups of users have names that look alike, and the names of the first."""
    shared = select(UserNames.skeleton).group_by(UserNames.skeleton).having(func.count() > 1)
    skeletons = session.scalars(shared.order_by(UserNames.skeleton)).all()
    return len(skeletons), [_names_with(session, wanted) for wanted in skeletons[:most]]


def _names_with(session: DbSession, wanted: str) -> Sequence[str]:
    query = select(User.username).join(UserNames, UserNames.id == User.id)
    query = query.where(UserNames.skeleton == wanted).order_by(User.username)
    return session.scalars(query).all()


def of_mixed_scripts(session: DbSession) -> Iterator[str]:
    """Return the names of users that mix scripts; reads every user."""
    query = select(User.username).order_by(User.username)
    names = session.scalars(query.execution_options(yield_per=ROWS_AT_ONCE))
    return (name for name in names if mixed_scripts(name))
