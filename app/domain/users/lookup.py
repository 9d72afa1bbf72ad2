"""Users found by their id, user name or email address."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import func, select, union

from app.domain import access
from app.domain.authentication import api_tokens, second_factor
from app.domain.errors import NotFound
from app.domain.text import is_name
from app.domain.users import name_copy, sign_in_time
from app.domain.users.name_search import COPIES
from app.models import DbSession, FailedSignIn, User, UserNames
from app.models.base import normalised, utcnow
from app.models.spelling import folded, is_same_address, key, stored_address
from app.models.user_names import StoredNames

MOST = 100
MARKS = (second_factor.OF_USER, api_tokens.IS_SERVICE)


def get(session: DbSession, user_id: int) -> User:
    """Return the user.

    Raises:
        NotFound: The user does not exist.
    """
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("This user does not exist.")
    return user


class UserExtras(NamedTuple):
    """The fields of a user that the list does not read: the biography, and what kind it is."""

    bio: str | None
    is_service: bool


NO_EXTRAS = UserExtras(None, is_service=False)


def extras(session: DbSession, user_ids: Collection[int]) -> dict[int, UserExtras]:
    """Return these fields of some users by id, in one statement."""
    query = select(User.id, User.bio, api_tokens.IS_SERVICE.label("is_service"))
    rows = session.execute(query.where(User.id.in_(user_ids)))
    return {row.id: UserExtras(row.bio, bool(row.is_service)) for row in rows}


class SignIns(NamedTuple):
    """A user, and what is known of their sign-ins.

    Attributes:
        failures: The failed sign-ins of the last 24 hours.
        last_at: The time of the last successful one.
        has_second_factor: Whether it takes a second factor besides the password.
        is_service: Whether the user is a service account, to which nobody signs in.
    """

    user: User
    failures: int
    last_at: datetime | None
    has_second_factor: bool
    is_service: bool


def sign_ins(session: DbSession, user_id: int) -> SignIns:
    """Return the user with their sign-ins, in one statement.

    Raises:
        NotFound: The user does not exist.
    """
    since = utcnow() - timedelta(hours=23)
    failures = (
        select(func.coalesce(func.sum(FailedSignIn.failures), 0))
        .where(
            FailedSignIn.user_id == User.id,
            FailedSignIn.hour >= since.replace(minute=0, second=0, microsecond=0),
            # A deleted user may have had the same id.
            FailedSignIn.last_at >= User.created_at,
        )
        .correlate(User)
        .scalar_subquery()
    )
    query = select(User, failures, sign_in_time.LAST, *MARKS).where(User.id == user_id)
    row = session.execute(query).first()
    if row is None:
        raise NotFound("This user does not exist.")
    return SignIns(row[0], int(row[1]), row[2], bool(row[3]), bool(row[4]))


def lock_named(session: DbSession, name: str) -> User:
    """Return a user who is about to be changed, by user name or email address; see `named`.

    It is the first statement of its transaction, and the user stays locked until the end of it.

    Raises:
        NotFound: No user has it.
    """
    access.serialize_access_changes(session)
    return access.load_user_for_update(session, named(session, name).id)


def find(session: DbSession, name: str) -> User | None:
    """Return the user with that user name or email address, if there is one.

    The spelling does not matter, nor how it is stored. Should several users fit, because other
    programs tell spellings apart: a user name wins over an address, then the spelling that was
    typed, then that in which the console stores names.
    """
    fitting = having(session, name, name_copy.uncopied(session)) if is_name(name) else []
    return min(fitting, key=partial(distance, name), default=None)


def distance(name: str, user: Any) -> tuple[bool, bool, bool, int]:
    """Return a key that is lowest for the user whom a name means, of those who have it.

    Args:
        name: The name.
        user: A user, or a row with their ID, user name and address.
    """
    stored = user.username, user.email
    is_normal = not {normalised(name), stored_address(name)}.isdisjoint(stored)
    return not has_username(user, name), name.strip() not in stored, not is_normal, user.id


def having(session: DbSession, name: str, uncopied: Sequence[StoredNames] = ()) -> Sequence[User]:
    """Return the users who have that user name or email address, in whatever spelling.

    Args:
        session: The database session.
        name: The name.
        uncopied: Users whose names are not copied yet; see `name_copy`.
    """
    wanted = key(name)
    spellings = {wanted, name.strip(), normalised(name), stored_address(name)}
    ids = name_copy.matching_ids(uncopied, lambda user: wanted in user.keys)
    parts = [
        *(select(User.id).where(column.in_(spellings)) for column in (User.username, User.email)),
        *(select(UserNames.id).where(column == wanted) for column in COPIES),
        select(User.id).where(User.id.in_(ids)),
    ]
    query = select(User).where(User.id.in_(select(union(*parts).subquery().c.id))).limit(MOST)
    users = session.scalars(query).all()
    return [user for user in users if has_username(user, name) or has_address(user, name)]


def has_username(user: Any, name: str) -> bool:
    """Tell whether a text is the user's name in another spelling."""
    return folded(user.username) == folded(name)


def has_address(user: User, name: str) -> bool:
    """Tell whether a text is the user's email address in another spelling."""
    return is_same_address(user.email, name)


def named(session: DbSession, name: str) -> User:
    """Return the user with that user name or email address.

    Raises:
        NotFound: No user has it.
    """
    user = find(session, name)
    if user is None:
        raise NotFound(f"There is no user named {name}.")
    return user
