"""Users found by their id, user name or email address."""

from sqlalchemy import or_, select

from app.domain.errors import NotFound
from app.domain.target import Target
from app.domain.text import is_name
from app.models import DbSession, User
from app.models.base import normalised


def get(session: DbSession, user_id: int) -> User:
    """Return the user.

    Raises:
        NotFound: The user does not exist.
    """
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("This user does not exist.")
    return user


def find(session: DbSession, name: str) -> User | None:
    """Return the user with that user name or email address, if there is one.

    Should the backend have let one user's name be another's address, the user name wins.
    """
    if not is_name(name):
        return None
    stored = normalised(name)
    query = select(User).where(or_(User.username == stored, User.email == stored)).limit(2)
    users = session.scalars(query).all()
    return min(users, key=lambda user: user.username != stored, default=None)


def named(session: DbSession, name: str) -> User:
    """Return the user with that user name or email address.

    Raises:
        NotFound: No user has it.
    """
    user = find(session, name)
    if user is None:
        raise NotFound(f"There is no user named {name}.")
    return user


def target_of(user: User) -> Target:
    """Return the user as audit events name them."""
    return Target("user", user.username, user.id)
