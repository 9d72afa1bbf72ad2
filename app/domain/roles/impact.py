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

from app.domain.paging import COUNTED
from app.domain.reviews import ReviewedRows
from app.domain.roles import members, number_set, role_sets
from app.domain.roles.matrix import Matrix
from app.domain.roles.role_sets import Side
from app.models import DbSession, User, role_permissions, user_roles

NAMED = 20
# A query for each of these; more roles are judged together.
FEW = 3
# A role and a permission as one number: ids are below it.
PAIR = 2**31
_GONE, _NEW = "gone", "new"


@dataclass(frozen=True)
class Affected:
    """The number of affected users, as `members.count_and_check` counts them, and the first ones.

    Attributes:
        count: Their number.
        check: The sum of `members.count_and_check`; 0 if they are too many to be counted.
        first: Those with the lowest IDs.
    """

    count: int = 0
    check: int = 0
    first: tuple[Row[Any], ...] = ()

    @property
    def others(self) -> int:
        """The number of users beyond the named ones."""
        return self.count - len(self.first)

    def reviewed(self, label: str) -> ReviewedRows:
        """Return the users as a part of a review."""
        ids = frozenset(person.id for person in self.first)
        return ReviewedRows(label, User, ids, self.count, self.check)


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

    @property
    def reviewed(self) -> dict[str, ReviewedRows]:
        """The users as parts of a review."""
        role_id, name = self.difference.role_id, self.difference.name
        return {
            f"gaining-{role_id}": self.gaining.reviewed(f"Users who gain access by {name}"),
            f"losing-{role_id}": self.losing.reviewed(f"Users who lose access by {name}"),
        }


def impact_of(
    session: DbSession,
    matrix: Matrix,
    differences: Sequence[GrantDifference],
    *,
    has_names: bool = True,
) -> list[RoleImpact]:
    """Return the users whose permissions the differences change.

    Args:
        session: The database session; it only reads.
        matrix: The roles and their permissions before the change.
        differences: The permissions that the roles gain and lose.
        has_names: Whether the first users are named also if all of them can be counted.
    """
    if len(differences) > FEW:
        return _impact_of_many(session, matrix, differences, has_names=has_names)
    ids = {code: permission_id for permission_id, code in matrix.codes.items()}
    exchanged = {
        _GONE: _pairs((row.role_id, ids[code]) for row in differences for code in row.lost),
        _NEW: _pairs((row.role_id, ids[code]) for row in differences for code in row.gained),
        "admin_id": matrix.admin_id,
    }
    people = _affected(session, differences, ids, exchanged, has_names=has_names)
    return list(
        map(RoleImpact, differences, people[: len(people) // 2], people[len(people) // 2 :])
    )


def _impact_of_many(
    session: DbSession, matrix: Matrix, differences: Sequence[GrantDifference], *, has_names: bool
) -> list[RoleImpact]:
    gaining = [Side(row.role_id, row.gained, is_gaining=True) for row in differences]
    losing = [Side(row.role_id, row.lost, is_gaining=False) for row in differences]
    role_sets.find(session, matrix, gaining + losing, named=NAMED)
    named = [side for side in gaining + losing if has_names or side.count > COUNTED]
    users = number_set.rows_of("users")
    query = select(User.id, User.username, User.full_name, User.is_active)
    query = query.where(User.id.in_(select(users.c.member)))
    values = {"users": number_set.written({id_ for side in named for id_ in side.first})}
    by_id: dict[int, Any] = {}
    if named:
        by_id = {row.id: row for row in session.execute(query, values)}
    people = [
        Affected(side.count, side.check, tuple(by_id[id_] for id_ in side.first if id_ in by_id))
        for side in gaining + losing
    ]
    return list(map(RoleImpact, differences, people[: len(gaining)], people[len(gaining) :]))


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
    *,
    has_names: bool,
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
    counts = session.execute(select(*map(members.count_and_check, queries.values())), values).one()
    for index, packed in zip(queries, counts, strict=True):
        people[index] = Affected(*members.unpacked(packed))
    if not has_names:
        queries = {
            index: query for index, query in queries.items() if people[index].count > COUNTED
        }
    for row in session.execute(_named(queries), values) if queries else ():
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
