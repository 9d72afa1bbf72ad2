"""The impact of a change of roles: users who gain or lose permissions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Exists,
    Integer,
    Row,
    Select,
    bindparam,
    cast,
    exists,
    literal,
    select,
    union_all,
)

from app.domain.roles import members, number_set
from app.domain.roles.matrix import Matrix
from app.models import DbSession, Role, User, role_permissions, user_roles

NAMED = 20
# Each takes part of one statement; databases take only so long a statement.
ROLES_AT_ONCE = 25
# A role and a permission as one number: ids are below it.
PAIR = 2**31
_GONE, _NEW = "gone", "new"

Granted = Mapping[int, frozenset[str]]


@dataclass(frozen=True)
class Affected:
    """Some people: how many, as `holders.capped` counts them, and the first of them."""

    count: int = 0
    first: tuple[Row[Any], ...] = ()

    @property
    def others(self) -> int:
        """The number of users besides the named ones."""
        return self.count - len(self.first)


@dataclass(frozen=True)
class GrantDifference:
    """The permissions that a role would gain and lose."""

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
    session: DbSession, matrix: Matrix, differences: Sequence[GrantDifference]
) -> list[RoleImpact]:
    """Return whose permissions the differences change.

    Args:
        session: The database session; it only reads.
        matrix: What the roles grant before.
        differences: What the roles gain and lose.
    """
    ids = {code: permission_id for permission_id, code in matrix.codes.items()}
    exchanged = {
        _GONE: _pairs((one.role_id, ids[code]) for one in differences for code in one.lost),
        _NEW: _pairs((one.role_id, ids[code]) for one in differences for code in one.gained),
        "admin_id": matrix.admin_id,
    }
    impacts: list[RoleImpact] = []
    for start in range(0, len(differences), ROLES_AT_ONCE):
        chunk = differences[start : start + ROLES_AT_ONCE]
        people = _affected(session, chunk, ids, exchanged)
        impacts += map(RoleImpact, chunk, people[: len(chunk)], people[len(chunk) :])
    return impacts


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
    held = _held(session)
    return sorted(
        code for code, ids in changed.items() if ids & held and not then.get(code, set()) & held
    )


def _pairs(pairs: Iterable[tuple[int, int]]) -> str:
    return number_set.written(role_id * PAIR + permission_id for role_id, permission_id in pairs)


def _pair(role_id: ColumnElement[int], permission_id: ColumnElement[int]) -> ColumnElement[int]:
    return cast(role_id, BigInteger) * literal(PAIR, BigInteger) + permission_id


def _gaining(name: str) -> Select[tuple[int]]:
    """Return the query of those who have a role, and one of its new permissions by no role yet."""
    permission = number_set.rows_of(f"codes_{name}")
    granted = _granting(permission.c.member)
    return _members(name).where(exists().select_from(permission).where(~granted))


def _losing(name: str) -> Select[tuple[int]]:
    """Return the query of those who have a role, and one of its lost permissions by no other."""
    permission = number_set.rows_of(f"codes_{name}")
    gone, new = number_set.rows_of(_GONE), number_set.rows_of(_NEW)
    pair = _pair(role_permissions.c.role_id, role_permissions.c.permission_id)
    kept = _granting(permission.c.member, pair.not_in(select(gone.c.member)))
    other = user_roles.alias("other")
    gained = (
        exists()
        .where(
            other.c.user_id == user_roles.c.user_id,
            _pair(other.c.role_id, permission.c.member).in_(select(new.c.member)),
        )
        .correlate(user_roles, permission)
    )
    return _members(name).where(exists().select_from(permission).where(~kept, ~gained))


def _members(name: str) -> Select[tuple[int]]:
    """Return the query of those who have a role, without those who may do everything anyway."""
    role_id = bindparam(f"role_{name}", type_=Integer)
    admin = user_roles.alias("admin")
    administers = exists().where(
        admin.c.user_id == user_roles.c.user_id,
        admin.c.role_id == bindparam("admin_id", type_=Integer),
        admin.c.role_id != role_id,
    )
    return select(user_roles.c.user_id).where(user_roles.c.role_id == role_id, ~administers)


def _granting(permission_id: ColumnElement[int], *further: ColumnElement[bool]) -> Exists:
    """Return the question whether a role of the user's grants a permission."""
    own = user_roles.alias("own")
    return (
        exists()
        .where(
            own.c.user_id == user_roles.c.user_id,
            own.c.role_id == role_permissions.c.role_id,
            role_permissions.c.permission_id == permission_id,
            *further,
        )
        .correlate_except(own, role_permissions)
    )


def _affected(
    session: DbSession,
    differences: Sequence[GrantDifference],
    ids: Mapping[str, int],
    exchanged: Mapping[str, Any],
) -> list[Affected]:
    """Return those who gain by each of the differences, and then those who lose."""
    sides = [(one.role_id, one.gained, _gaining) for one in differences]
    sides += [(one.role_id, one.lost, _losing) for one in differences]
    queries: dict[int, Select[tuple[int]]] = {}
    values = dict(exchanged)
    for place, (role_id, codes, people_of) in enumerate(sides):
        if codes:
            queries[place] = people_of(str(place))
            values[f"role_{place}"] = role_id
            values[f"codes_{place}"] = number_set.written(ids[code] for code in codes)
    people = [Affected() for _ in sides]
    if not queries:
        return people
    counts = session.execute(select(*map(members.count_up_to, queries.values())), values).one()
    for place, count in zip(queries, counts, strict=True):
        people[place] = Affected(count)
    for row in session.execute(_named(queries), values):
        people[row.place] = replace(people[row.place], first=(*people[row.place].first, row))
    return people


def _named(queries: Mapping[int, Select[tuple[int]]]) -> Select[Any]:
    first = union_all(*(_first(place, query) for place, query in queries.items())).subquery()
    named = select(first.c.place, User.id, User.username, User.full_name, User.is_active)
    return named.join(User, User.id == first.c.user_id).order_by(first.c.place, User.id)


def _first(place: int, query: Select[Any]) -> Select[Any]:
    some = query.order_by(user_roles.c.user_id).limit(NAMED).subquery()
    return select(literal(place, Integer).label("place"), some.c.user_id)


def _by_code(granted: Granted, admin: int) -> dict[str, set[int]]:
    by_code: dict[str, set[int]] = {}
    for role_id, codes in granted.items():
        for code in codes if role_id != admin else ():
            by_code.setdefault(code, set()).add(role_id)
    return by_code


def _held(session: DbSession) -> set[int]:
    """Return the ids of the roles that an active user has."""
    held = exists().where(
        user_roles.c.role_id == Role.id, User.id == user_roles.c.user_id, User.is_active
    )
    return set(session.scalars(select(Role.id).where(held)))
