"""Who gains and who loses permissions when roles change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Integer, Row, Select, exists, literal, or_, select, union_all

from app.domain.roles import members
from app.models import DbSession, Role, User, user_roles

NAMED = 20
# Each takes part of one statement; databases take only so long a statement.
AT_ONCE = 25

Granted = Mapping[int, frozenset[str]]


@dataclass(frozen=True)
class Affected:
    """Some people: how many, as `holders.capped` counts them, and the first of them."""

    count: int = 0
    first: tuple[Row[Any], ...] = ()

    @property
    def others(self) -> int:
        """How many there are besides those who are named."""
        return self.count - len(self.first)


@dataclass(frozen=True)
class GrantDifference:
    """What a role would grant, and what it would grant no longer."""

    role_id: int
    name: str
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class RoleImpact:
    """A difference, and whose permissions it changes.

    Who holds a permission by another role too neither gains nor loses it.
    """

    difference: GrantDifference
    gaining: Affected = Affected()
    losing: Affected = Affected()


def impact_of(
    session: DbSession, differences: Sequence[GrantDifference], before: Granted, after: Granted
) -> list[RoleImpact]:
    """Return whose permissions the differences change.

    Args:
        session: The database session; it only reads.
        differences: What the roles gain and lose.
        before: The codes that each role grants in effect before.
        after: The codes that each role grants in effect afterwards.
    """
    found: list[RoleImpact] = []
    for start in range(0, len(differences), AT_ONCE):
        some = differences[start : start + AT_ONCE]
        gaining = [_without(one.role_id, one.gained, before) for one in some]
        losing = [_without(one.role_id, one.lost, after) for one in some]
        people = _affected(session, [*gaining, *losing])
        found += map(RoleImpact, some, people[: len(some)], people[len(some) :])
    return found


def orphaned_permissions(
    session: DbSession, before: Granted, after: Granted, admin: int
) -> list[str]:
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
    counts = session.execute(select(*map(members.count_up_to, asked.values()))).one()
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
