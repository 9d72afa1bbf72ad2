"""The users whom a change of many roles affects, found by the roles that each of them has.

A query for each role would look at each member once for each of its roles and permissions. Here the
database tells the roles of each member, and users with the same roles are judged once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import String, cast, func, select

from app.domain.paging import COUNTED
from app.domain.roles import number_set
from app.domain.roles.matrix import BETWEEN_IDS, Matrix
from app.domain.roles.members import PRIME
from app.models import DbSession, user_roles

_CHANGED = number_set.rows_of("changed")
_MEMBERS = select(user_roles.c.user_id).where(user_roles.c.role_id.in_(select(_CHANGED.c.member)))
_ROLES_OF_MEMBERS = (
    select(
        user_roles.c.user_id,
        func.aggregate_strings(cast(user_roles.c.role_id, String), BETWEEN_IDS),
    )
    .where(user_roles.c.user_id.in_(_MEMBERS))
    .group_by(user_roles.c.user_id)
    .order_by(user_roles.c.user_id)
)


@dataclass
class Side:
    """The permissions that a role gains, or loses, and the members for whom they are new or gone.

    Attributes:
        role_id: The role.
        codes: The permissions.
        count: The number of users, as `members.count_and_check` counts them.
        check: The sum over their IDs.
        first: The lowest of their IDs.
    """

    role_id: int
    codes: Sequence[str]
    is_gaining: bool
    count: int = 0
    check: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, user_id: int, most: int) -> None:
        """Add a user; of those named, there are at most so many."""
        self.count += 1
        self.check += user_id * user_id % PRIME
        if self.count <= most:
            self.first.append(user_id)

    def close(self) -> None:
        """Leave it at "more than that" if they are too many."""
        if self.count > COUNTED:
            self.count, self.check = COUNTED + 1, 0


class Grants:
    """The permissions of all roles before and after the change, a bit for each permission."""

    def __init__(self, matrix: Matrix, sides: Iterable[Side]) -> None:
        self._bits = {code: 1 << place for place, code in enumerate(matrix.codes.values())}
        self.before = {role.id: self.mask(role.codes) for role in matrix.roles}
        self.after = dict(self.before)
        for side in sides:
            # What a role gains it does not grant yet, and what it loses it grants.
            self.after[side.role_id] ^= self.mask(side.codes)

    def mask(self, codes: Iterable[str]) -> int:
        """Return the bits of permissions."""
        return sum(self._bits[code] for code in codes)


def find(session: DbSession, matrix: Matrix, sides: Sequence[Side], *, named: int) -> None:
    """Find the users of all sides, in one statement.

    Args:
        session: The database session; it only reads.
        matrix: The roles and their permissions before the change.
        sides: The sides, to which the users are added.
        named: The maximum number of first users of a side.
    """
    grants = Grants(matrix, sides)
    known: dict[str, list[Side]] = {}
    values = {"changed": number_set.written({side.role_id for side in sides})}
    rows = session.connection().execute(_ROLES_OF_MEMBERS, values).all()
    for user_id, roles in map(tuple, rows):
        if roles not in known:
            known[roles] = _sides_of(roles, matrix, sides, grants)
        for side in known[roles]:
            side.add(user_id, named)
    for side in sides:
        side.close()


def _sides_of(roles: str, matrix: Matrix, sides: Sequence[Side], grants: Grants) -> list[Side]:
    """Return the sides that affect a user with these roles; none for an administrator."""
    # A role may have been added since the matrix was read.
    role_ids = {int(text) for text in roles.split(BETWEEN_IDS)} & grants.before.keys()
    if matrix.admin_id in role_ids:
        return []
    before = after = 0
    for role_id in role_ids:
        before |= grants.before[role_id]
        after |= grants.after[role_id]
    others = {True: ~before, False: ~after}
    own = (side for side in sides if side.role_id in role_ids)
    return [side for side in own if grants.mask(side.codes) & others[side.is_gaining]]
