"""The members of roles, and the users with a permission.

Large numbers are counted only up to `COUNTED`, and long lists are read page by page.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    bindparam,
    cast,
    func,
    literal,
    select,
)

from app.domain import paging
from app.domain.paging import COUNTED, Cursors, Page, Sort
from app.models import DbSession, Role, User, user_roles

# No sum of `COUNTED` squares modulo the prime reaches it, and `COUNTED` times it fits into 63 bits.
CHECK = 2**48
PRIME = 2**31 - 1
# More roles than these are counted by one walk through all memberships, which is then shorter.
COUNTED_APART = 60
BY_MEMBER = Sort(user_roles.c.user_id, user_roles.c.role_id)
BY_USER = Sort(User.id, User.id, is_unique=True)
_COUNTS = select(user_roles.c.role_id, func.count()).group_by(user_roles.c.role_id)
PERSON: tuple[Any, ...] = (User.id, User.username, User.full_name, User.email)


def members_page(session: DbSession, role_id: int, cursors: Cursors, *, count: int) -> Page:
    """Return one page of the members of a role, in the order of their IDs.

    Args:
        session: The database session.
        role_id: The role.
        cursors: The start of the page.
        count: The result of `count_members`.

    Raises:
        InvalidValue: The cursor is not valid.
    """
    held = (user_roles.c.user_id, user_roles.c.role_id)
    query = select(*held, User.username, User.full_name, User.email, User.is_active)
    query = query.join(User, User.id == user_roles.c.user_id)
    role: ColumnElement[int] = user_roles.c.role_id
    if count > COUNTED and session.get_bind().dialect.name == "sqlite":
        # With its index on the role SQLite would read and sort all members. The primary key has
        # them in order; the sum hides the role from that index.
        role = role + 0
    query = query.where(role == role_id)
    return paging.page(session, query, BY_MEMBER, after=cursors.after, before=cursors.before)


def count_members(session: DbSession, role_id: int) -> int:
    """Return the number of members of a role; above `COUNTED` means "more than that"."""
    return member_counts(session, [role_id])[role_id]


def member_counts(session: DbSession, role_ids: Sequence[int]) -> dict[int, int]:
    """Return the number of members of each role; above `COUNTED` means "more than that".

    In one statement.
    """
    if len(role_ids) > COUNTED_APART:
        counts: dict[int, int] = dict(map(tuple, session.connection().execute(_COUNTS).all()))
        return {role_id: min(counts.get(role_id, 0), COUNTED + 1) for role_id in role_ids}
    if not role_ids:
        return {}
    values = {_nth(index): role_id for index, role_id in enumerate(role_ids)}
    row = session.connection().execute(_counting(len(role_ids), COUNTED + 1), values).one()
    return dict(zip(role_ids, row, strict=True))


def with_permission(
    session: DbSession, role_ids: Sequence[int], cursors: Cursors, *, count: int
) -> Page:
    """Return one page of the active users with at least one of the roles.

    Args:
        session: The database session.
        role_ids: The roles.
        cursors: The start of the page.
        count: The result of `count_with_permission`.

    Raises:
        InvalidValue: The cursor is not valid.
    """
    # A few users are found by their roles and then sorted. With many, SQLite and MariaDB would find
    # all of them for each page, so the users are read in order and checked for one role each.
    holds = _is_among_many if count > COUNTED else _is_among_few
    query = select(*PERSON).where(User.is_active, holds(role_ids))
    return paging.page(session, query, BY_USER, after=cursors.after, before=cursors.before)


def count_with_permission(session: DbSession, role_ids: Sequence[int]) -> int:
    """Return the number of active users with at least one of the roles; see `count_members`."""
    user_id = user_roles.c.user_id
    query = select(user_id).join(User, User.id == user_id).where(User.is_active)
    if session.get_bind().dialect.name == "sqlite":
        # With a join SQLite would read every active user before it counts; and for the distinct
        # users every pair of a user and a role.
        is_active = select(User.is_active).where(User.id == user_id).scalar_subquery()
        query = select(user_id + 0).where(is_active)
    holding = query.where(user_roles.c.role_id.in_(role_ids)).distinct()
    return session.scalar(select(count_up_to(holding))) or 0


def count_up_to(query: Select[Any]) -> ScalarSelect[int]:
    """Return the number of rows of a query as a subquery; see `count_members`."""
    rows = query.limit(COUNTED + 1).subquery()
    return select(func.count()).select_from(rows).scalar_subquery()


def count_and_check(query: Select[Any]) -> ScalarSelect[int]:
    """Return the number of users of a query and a sum over their IDs, to be `unpacked`.

    The sum tells another set of as many users; see `count_members` for the number.
    """
    rows = query.limit(COUNTED + 1).subquery()
    user_id = cast(rows.c.user_id, BigInteger)
    check = func.coalesce(func.sum(user_id * user_id % PRIME), 0)
    packed = func.count() * literal(CHECK, BigInteger) + check
    return select(packed).select_from(rows).scalar_subquery()


def unpacked(packed: Any) -> tuple[int, int]:
    """Return the number and the sum of `count_and_check`; no sum if not all are counted."""
    count, check = divmod(int(packed), CHECK)
    return count, check if count <= COUNTED else 0


def count_with_check(session: DbSession, role_id: int) -> tuple[int, int]:
    """Return the number of members of a role, and the sum over their IDs."""
    query = select(user_roles.c.user_id).where(user_roles.c.role_id == role_id)
    return unpacked(session.scalar(select(count_and_check(query))))


def roles_of(
    session: DbSession, user_ids: Sequence[int], role_ids: Sequence[int]
) -> dict[int, list[str]]:
    """Return the names of these roles that each of these users has."""
    query = (
        select(user_roles.c.user_id, Role.name)
        .join(Role, Role.id == user_roles.c.role_id)
        .where(user_roles.c.user_id.in_(user_ids), Role.id.in_(role_ids))
        .order_by(Role.name)
    )
    names: dict[int, list[str]] = {}
    for user_id, name in session.execute(query):
        names.setdefault(user_id, []).append(name)
    return names


def share_a_member(session: DbSession, role_ids: Sequence[int], others: Sequence[int]) -> bool:
    """Tell whether somebody has one of the roles and one of the others."""
    role, other = user_roles.alias("role"), user_roles.alias("other")
    query = (
        select(role.c.user_id)
        .join(other, other.c.user_id == role.c.user_id)
        .where(role.c.role_id.in_(role_ids), other.c.role_id.in_(others))
    )
    return session.execute(query.limit(1)).first() is not None


def _is_among_few(role_ids: Sequence[int]) -> ColumnElement[bool]:
    holding = select(user_roles.c.user_id).where(user_roles.c.role_id.in_(role_ids))
    return User.id.in_(holding)


def _is_among_many(role_ids: Sequence[int]) -> ColumnElement[bool]:
    # Without EXISTS, which MariaDB would turn into a search for all members.
    query = select(user_roles.c.role_id).where(user_roles.c.role_id.in_(role_ids))
    query = query.where(user_roles.c.user_id == User.id).limit(1)
    return query.scalar_subquery().is_not(None)


@cache
def _counting(count: int, up_to: int) -> Select[Any]:
    # Each role has a subquery of its own, so that the planner reads only the rows of that role from
    # the index. The statement is cached, because SQLAlchemy would walk through all of it to find
    # the compiled one.
    counts: Sequence[Any] = [_member_count(_nth(index), up_to) for index in range(count)]
    return select(*counts)


def _member_count(name: str, up_to: int) -> ScalarSelect[int]:
    # Only the role, which PostgreSQL reads from the index without the table.
    role = user_roles.c.role_id
    rows = select(role).where(role == bindparam(name, type_=Integer)).limit(up_to).subquery()
    return select(func.count()).select_from(rows).scalar_subquery()


def _nth(index: int) -> str:
    return f"role_{index}"
