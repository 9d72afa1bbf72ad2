"""Who holds a role or a permission, and who gains and loses when roles change.

Whatever may be many is counted up to `COUNTED` and no further, and listed page by page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    ScalarSelect,
    Select,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from app.domain import keyset
from app.domain.keyset import Page, Sort
from app.domain.user_list import COUNTED, Cursors
from app.models import DbSession, Role, User, user_roles

NAMED = 20
# Each takes part of one statement; databases take only so long a statement.
AT_ONCE = 25
BY_MEMBER = Sort(user_roles.c.user_id, user_roles.c.role_id)
BY_USER = Sort(User.id, User.id, is_unique=True)
PERSON: tuple[Any, ...] = (User.id, User.username, User.full_name, User.email)

Granted = Mapping[int, frozenset[str]]


@dataclass(frozen=True)
class Affected:
    """Some people: how many, above `COUNTED` meaning "more than that", and the first of them."""

    count: int = 0
    first: tuple[Row[Any], ...] = ()

    @property
    def others(self) -> int:
        """How many there are besides those who are named."""
        return self.count - len(self.first)


@dataclass(frozen=True)
class Difference:
    """What a role would grant, and what it would grant no longer."""

    role_id: int
    name: str
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Consequence:
    """A difference, and whose permissions it changes.

    Who holds a permission by another role too neither gains nor loses it.
    """

    difference: Difference
    gaining: Affected = Affected()
    losing: Affected = Affected()


def members(session: DbSession, role_id: int, cursors: Cursors, *, count: int) -> Page:
    """Return one page of the people who hold a role, in the order of their ids.

    Args:
        session: The database session.
        role_id: The role.
        cursors: Where the page starts.
        count: What `count` returned.

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
    return keyset.page(session, query, BY_MEMBER, after=cursors.after, before=cursors.before)


def count(session: DbSession, role_id: int) -> int:
    """Return how many people hold the role; above `COUNTED` means "more than that"."""
    return session.scalar(select(_counted(_having(role_id)))) or 0


def able(session: DbSession, role_ids: Sequence[int], cursors: Cursors, *, count: int) -> Page:
    """Return one page of the active users who hold one of the roles at least.

    Args:
        session: The database session.
        role_ids: The roles.
        cursors: Where the page starts.
        count: What `count_able` returned.

    Raises:
        InvalidValue: There is no such cursor.
    """
    # Few are found by their roles and then sorted. Of many, SQLite and MariaDB would find all for
    # each page: there the users are gone through in order, and asked for one role each.
    holds = _is_among_many if count > COUNTED else _is_among_few
    query = select(*PERSON).where(User.is_active, holds(role_ids))
    return keyset.page(session, query, BY_USER, after=cursors.after, before=cursors.before)


def count_able(session: DbSession, role_ids: Sequence[int]) -> int:
    """Return how many active users hold one of the roles; see `count`."""
    holder = user_roles.c.user_id
    query = select(holder).join(User, User.id == holder).where(User.is_active)
    if session.get_bind().dialect.name == "sqlite":
        # Joined, SQLite would look at every active user before it began to count; and so that two
        # roles of one user are counted once, at every pair of a user and a role.
        is_active = select(User.is_active).where(User.id == holder).scalar_subquery()
        query = select(holder + 0).where(is_active)
    holding = query.where(user_roles.c.role_id.in_(role_ids)).distinct()
    return session.scalar(select(_counted(holding))) or 0


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


def have_in_common(session: DbSession, role_ids: Sequence[int], others: Sequence[int]) -> bool:
    """Tell whether somebody holds one of the roles and one of the others."""
    one, other = user_roles.alias("one"), user_roles.alias("other")
    query = (
        select(one.c.user_id)
        .join(other, other.c.user_id == one.c.user_id)
        .where(one.c.role_id.in_(role_ids), other.c.role_id.in_(others))
    )
    return session.execute(query.limit(1)).first() is not None


def consequences(
    session: DbSession, differences: Sequence[Difference], before: Granted, after: Granted
) -> list[Consequence]:
    """Return whose permissions the differences change.

    Args:
        session: The database session; it only reads.
        differences: What the roles gain and lose.
        before: The codes that each role grants in effect before.
        after: The codes that each role grants in effect afterwards.
    """
    found: list[Consequence] = []
    for start in range(0, len(differences), AT_ONCE):
        some = differences[start : start + AT_ONCE]
        gaining = [_without(one.role_id, one.gained, before) for one in some]
        losing = [_without(one.role_id, one.lost, after) for one in some]
        people = _affected(session, [*gaining, *losing])
        found += map(Consequence, some, people[: len(some)], people[len(some) :])
    return found


def left_without(session: DbSession, before: Granted, after: Granted, admin: int) -> list[str]:
    """Return the permissions that an active user holds now, and then only administrators would.

    Args:
        session: The database session; it only reads.
        before: The codes that each role grants in effect before.
        after: The codes that each role grants in effect afterwards.
        admin: The id of the role that grants everything; 0 where there is none.
    """
    now, then = (_by_code(granted, admin) for granted in (before, after))
    changed = {code: ids for code, ids in now.items() if ids - then.get(code, set())}
    held = _held(session, set().union(*changed.values()))
    return sorted(
        code for code, ids in changed.items() if ids & held and not then.get(code, set()) & held
    )


def _having(role_id: int) -> Select[tuple[int]]:
    return select(user_roles.c.user_id).where(user_roles.c.role_id == role_id)


def _is_among_few(role_ids: Sequence[int]) -> ColumnElement[bool]:
    holding = select(user_roles.c.user_id).where(user_roles.c.role_id.in_(role_ids))
    return User.id.in_(holding)


def _is_among_many(role_ids: Sequence[int]) -> ColumnElement[bool]:
    # No EXISTS: MariaDB would turn it round and find all again.
    one = select(user_roles.c.role_id).where(user_roles.c.role_id.in_(role_ids))
    one = one.where(user_roles.c.user_id == User.id).limit(1)
    return one.scalar_subquery().is_not(None)


def _counted(query: Select[Any]) -> ScalarSelect[int]:
    some = query.limit(COUNTED + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _without(role_id: int, codes: Iterable[str], granted: Granted) -> Select[Any] | None:
    """Who holds the role, and one of the codes at least by no role that is granted it."""
    by_code = {
        frozenset(number for number, granted_codes in granted.items() if code in granted_codes)
        for code in codes
    }
    if not by_code:
        return None
    # Who has none of many roles has none of some of them.
    fewest = [ids for ids in by_code if not any(other < ids for other in by_code)]
    query = _having(role_id)
    if frozenset() in fewest:
        return query
    other = user_roles.alias("other")
    same = other.c.user_id == user_roles.c.user_id
    return query.where(
        or_(*(~exists().where(same, other.c.role_id.in_(sorted(ids))) for ids in fewest))
    )


def _affected(session: DbSession, queries: Sequence[Select[Any] | None]) -> list[Affected]:
    asked = {place: query for place, query in enumerate(queries) if query is not None}
    found = [Affected() for _ in queries]
    if not asked:
        return found
    counts = session.execute(select(*map(_counted, asked.values()))).one()
    for place, number in zip(asked, counts, strict=True):
        found[place] = Affected(number)
    first = union_all(*(_first(place, query) for place, query in asked.items())).subquery()
    people = select(first.c.place, User.id, User.username, User.full_name, User.is_active)
    people = people.join(User, User.id == first.c.user_id).order_by(first.c.place, User.id)
    for row in session.execute(people):
        found[row.place] = replace(found[row.place], first=(*found[row.place].first, row))
    return found


def _first(place: int, query: Select[Any]) -> Select[Any]:
    some = query.order_by(user_roles.c.user_id).limit(NAMED).subquery()
    return select(literal(place, Integer).label("place"), some.c.user_id)


def _by_code(granted: Granted, admin: int) -> dict[str, set[int]]:
    by_code: dict[str, set[int]] = {}
    for role_id, codes in granted.items():
        for code in codes if role_id != admin else ():
            by_code.setdefault(code, set()).add(role_id)
    return by_code


def _held(session: DbSession, role_ids: Iterable[int]) -> set[int]:
    """Those of the roles that an active user holds."""
    held = exists().where(
        user_roles.c.role_id == Role.id, User.id == user_roles.c.user_id, User.is_active
    )
    return set(session.scalars(select(Role.id).where(Role.id.in_(role_ids), held)))
