"""The users who gain or lose permissions when roles change."""

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
    """The number of affected users, as `members.count_up_to` counts them, and the first ones."""

    count: int = 0
    first: tuple[Row[Any], ...] = ()

    @property
    def others(self) -> int:
        """The number of users beyond the named ones."""
        return self.count - len(self.first)


@dataclass(frozen=True)
class GrantDifference:
    """The permissions that a role gains and loses."""

    role_id: int
    name: str
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class RoleImpact:
    """A difference, and the users whose permissions it changes.

    A user with another role that grants the permission neither gains nor loses it.
    """

    difference: GrantDifference
    gaining: Affected = Affected()
    losing: Affected = Affected()


def impact_of(
    session: DbSession, matrix: Matrix, differences: Sequence[GrantDifference]
) -> list[RoleImpact]:
    """Return the users whose permissions the differences change.

    Args:
        session: The database session; it only reads.
        matrix: The roles and their permissions before the change.
        differences: The permissions that the roles gain and lose.
    """
    ids = {code: permission_id for permission_id, code in matrix.codes.items()}
    exchanged = {
        _GONE: _pairs((row.role_id, ids[code]) for row in differences for code in row.lost),
        _NEW: _pairs((row.role_id, ids[code]) for row in differences for code in row.gained),
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
    """Return the permissions that afterwards no active user but administrators would have.

    Args:
        session: The database session; it only reads.
        before: The codes that each role grants in effect before.
        after: The codes that each role grants in effect afterwards.
        admin: The ID of the role that grants everything, or 0.
    """
    roles_before, roles_after = (_by_code(granted, admin) for granted in (before, after))
    changed = {
        code: ids for code, ids in roles_before.items() if ids - roles_after.get(code, set())
    }
    assigned = _assigned(session)
    return sorted(
        code
        for code, ids in changed.items()
        if ids & assigned and not roles_after.get(code, set()) & assigned
    )


def _pairs(pairs: Iterable[tuple[int, int]]) -> str:
    return number_set.written(role_id * PAIR + permission_id for role_id, permission_id in pairs)


def _pair(role_id: ColumnElement[int], permission_id: ColumnElement[int]) -> ColumnElement[int]:
    return cast(role_id, BigInteger) * literal(PAIR, BigInteger) + permission_id


def _gaining(name: str) -> Select[tuple[int]]:
    """Return the query of the members who gain a permission: no role of theirs grants it yet."""
    permission = number_set.rows_of(f"codes_{name}")
    granted = _granting(permission.c.member)
    return _members(name).where(exists().select_from(permission).where(~granted))


def _losing(name: str) -> Select[tuple[int]]:
    """Return the query of the members who lose a permission: no other role of theirs grants it."""
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
    """Return the query of the members of a role, without administrators."""
    role_id = bindparam(f"role_{name}", type_=Integer)
    admin = user_roles.alias("admin")
    administers = exists().where(
        admin.c.user_id == user_roles.c.user_id,
        admin.c.role_id == bindparam("admin_id", type_=Integer),
        admin.c.role_id != role_id,
    )
    return select(user_roles.c.user_id).where(user_roles.c.role_id == role_id, ~administers)


def _granting(permission_id: ColumnElement[int], *further: ColumnElement[bool]) -> Exists:
    """Return the condition that a role of the user grants a permission."""
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
    """Return the users who gain by each difference, followed by those who lose by each."""
    sides = [(row.role_id, row.gained, _gaining) for row in differences]
    sides += [(row.role_id, row.lost, _losing) for row in differences]
    queries: dict[int, Select[tuple[int]]] = {}
    values = dict(exchanged)
    for index, (role_id, codes, people_of) in enumerate(sides):
        if codes:
            queries[index] = people_of(str(index))
            values[f"role_{index}"] = role_id
            values[f"codes_{index}"] = number_set.written(ids[code] for code in codes)
    people = [Affected() for _ in sides]
    if not queries:
        return people
    counts = session.execute(select(*map(members.count_up_to, queries.values())), values).one()
    for index, count in zip(queries, counts, strict=True):
        people[index] = Affected(count)
    for row in session.execute(_named(queries), values):
        people[row.position] = replace(
            people[row.position], first=(*people[row.position].first, row)
        )
    return people


def _named(queries: Mapping[int, Select[tuple[int]]]) -> Select[Any]:
    first = union_all(*(_first(index, query) for index, query in queries.items())).subquery()
    named = select(first.c.position, User.id, User.username, User.full_name, User.is_active)
    return named.join(User, User.id == first.c.user_id).order_by(first.c.position, User.id)


def _first(position: int, query: Select[Any]) -> Select[Any]:
    users = query.order_by(user_roles.c.user_id).limit(NAMED).subquery()
    return select(literal(position, Integer).label("position"), users.c.user_id)


def _by_code(granted: Granted, admin: int) -> dict[str, set[int]]:
    by_code: dict[str, set[int]] = {}
    for role_id, codes in granted.items():
        for code in codes if role_id != admin else ():
            by_code.setdefault(code, set()).add(role_id)
    return by_code


def _assigned(session: DbSession) -> set[int]:
    """Return the IDs of the roles that an active user has."""
    held = exists().where(
        user_roles.c.role_id == Role.id, User.id == user_roles.c.user_id, User.is_active
    )
    return set(session.scalars(select(Role.id).where(held)))
