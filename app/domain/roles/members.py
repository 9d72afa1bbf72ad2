"""The users with a role or a permission.

Whatever may be many is counted up to `COUNTED` and no further, and listed page by page.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, ScalarSelect, Select, bindparam, func, select

from app.domain import paging
from app.domain.paging import COUNTED, Cursors, Page, Sort
from app.models import DbSession, Role, User, user_roles

ROLES_AT_ONCE = 200
BY_MEMBER = Sort(user_roles.c.user_id, user_roles.c.role_id)
BY_USER = Sort(User.id, User.id, is_unique=True)
PERSON: tuple[Any, ...] = (User.id, User.username, User.full_name, User.email)


def members_page(session: DbSession, role_id: int, cursors: Cursors, *, count: int) -> Page:
    """Return one page of the people who hold a role, in the order of their ids.

    Args:
        session: The database session.
        role_id: The role.
        cursors: Where the page starts.
        count: What `count_members` returned.

    Raises:
        InvalidValue: There is no such cursor.
    """
    held = (user_roles.c.user_id, user_roles.c.role_id)
    query = select(*held, User.username, User.full_name, User.email, User.is_active)
    query = query.join(User, User.id == user_roles.c.user_id)
    role: ColumnElement[int] = user_roles.c.role_id
    if count > COUNTED and session.get_bind().dialect.name == "sqlite":
        # By its index on the role SQLite would find all who hold it and sort them. The primary
        # key has them in order; a sum is nothing that another index has.
        role = role + 0
    query = query.where(role == role_id)
    return paging.page(session, query, BY_MEMBER, after=cursors.after, before=cursors.before)


def count_members(session: DbSession, role_id: int) -> int:
    """Return how many people hold the role; above `COUNTED` means "more than that"."""
    return member_counts(session, [role_id])[role_id]


def member_counts(session: DbSession, role_ids: Sequence[int]) -> dict[int, int]:
    """Return how many people hold each of the roles; above `COUNTED` means "more than that".

    In one statement, and one more for each further `ROLES_AT_ONCE` roles.
    """
    found: dict[int, int] = {}
    for start in range(0, len(role_ids), ROLES_AT_ONCE):
        some = role_ids[start : start + ROLES_AT_ONCE]
        named = {_nth(place): role_id for place, role_id in enumerate(some)}
        row = session.connection().execute(_counting(len(some), COUNTED + 1), named).one()
        found.update(zip(some, row, strict=True))
    return found


def with_permission(
    session: DbSession, role_ids: Sequence[int], cursors: Cursors, *, count: int
) -> Page:
    """Return one page of the active users who hold one of the roles at least.

    Args:
        session: The database session.
        role_ids: The roles.
        cursors: Where the page starts.
        count: What `count_with_permission` returned.

    Raises:
        InvalidValue: There is no such cursor.
    """
    # Few are found by their roles and then sorted. Of many, SQLite and MariaDB would find all for
    # each page: there the users are gone through in order, and asked for one role each.
    holds = _is_among_many if count > COUNTED else _is_among_few
    query = select(*PERSON).where(User.is_active, holds(role_ids))
    return paging.page(session, query, BY_USER, after=cursors.after, before=cursors.before)


def count_with_permission(session: DbSession, role_ids: Sequence[int]) -> int:
    """Return how many active users hold one of the roles; see `count_members`."""
    holder = user_roles.c.user_id
    query = select(holder).join(User, User.id == holder).where(User.is_active)
    if session.get_bind().dialect.name == "sqlite":
        # Joined, SQLite would look at every active user before it began to count; and so that two
        # roles of one user are counted once, at every pair of a user and a role.
        is_active = select(User.is_active).where(User.id == holder).scalar_subquery()
        query = select(holder + 0).where(is_active)
    holding = query.where(user_roles.c.role_id.in_(role_ids)).distinct()
    return session.scalar(select(count_up_to(holding))) or 0


def count_up_to(query: Select[Any]) -> ScalarSelect[int]:
    """Return how many rows a query has, as a part of a statement; see `count_members`."""
    some = query.limit(COUNTED + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def roles_of(
    session: DbSession, user_ids: Sequence[int], role_ids: Sequence[int]
) -> dict[int, list[str]]:
    """Return, for each of these users, which of these roles they hold, by name."""
    query = (
        select(user_roles.c.user_id, Role.name)
        .join(Role, Role.id == user_roles.c.role_id)
        .where(user_roles.c.user_id.in_(user_ids), Role.id.in_(role_ids))
        .order_by(Role.name)
    )
    found: dict[int, list[str]] = {}
    for user_id, name in session.execute(query):
        found.setdefault(user_id, []).append(name)
    return found


def share_a_member(session: DbSession, role_ids: Sequence[int], others: Sequence[int]) -> bool:
    """Tell whether somebody holds one of the roles and one of the others."""
    one, other = user_roles.alias("one"), user_roles.alias("other")
    query = (
        select(one.c.user_id)
        .join(other, other.c.user_id == one.c.user_id)
        .where(one.c.role_id.in_(role_ids), other.c.role_id.in_(others))
    )
    return session.execute(query.limit(1)).first() is not None


def _is_among_few(role_ids: Sequence[int]) -> ColumnElement[bool]:
    holding = select(user_roles.c.user_id).where(user_roles.c.role_id.in_(role_ids))
    return User.id.in_(holding)


def _is_among_many(role_ids: Sequence[int]) -> ColumnElement[bool]:
    # No EXISTS: MariaDB would turn it round and find all again.
    one = select(user_roles.c.role_id).where(user_roles.c.role_id.in_(role_ids))
    one = one.where(user_roles.c.user_id == User.id).limit(1)
    return one.scalar_subquery().is_not(None)


@cache
def _counting(number: int, up_to: int) -> Select[Any]:
    # Each role is named in the statement: a planner that knows which one it is reads the index from
    # there, or knows that whichever rows come first will do. The statement is kept, because
    # SQLAlchemy would go through all of it to find that it has been compiled.
    counted: Sequence[Any] = [_held_as(_nth(place), up_to) for place in range(number)]
    return select(*counted)


def _held_as(name: str, up_to: int) -> ScalarSelect[int]:
    # The role alone: PostgreSQL finds it in the index, without reading the table.
    role = user_roles.c.role_id
    some = select(role).where(role == bindparam(name, type_=Integer)).limit(up_to).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _nth(place: int) -> str:
    return f"role_{place}"
