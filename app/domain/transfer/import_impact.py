"""The users who gain or lose permissions by an import, of its roles and assignments together."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.domain import users
from app.domain.access import PermissionSet
from app.domain.reviews import ReviewedRows, rows_of
from app.domain.roles import RolesPlan, active_members, granted_by, orphaned_rows
from app.domain.users import AssignmentsPlan, HeldRoles
from app.models import DbSession, User

NAMED = 20


@dataclass
class AffectedPeople:
    """The users who gain permissions, or those who lose some.

    Attributes:
        ids: Their ids.
        codes: The permissions that one of them gains or loses.
        first: Those with the lowest ids, with their names.
    """

    ids: list[int] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    first: Sequence[Any] = ()

    @property
    def count(self) -> int:
        """The number of users."""
        return len(self.ids)

    @property
    def others(self) -> int:
        """The number of users beyond the named ones."""
        return self.count - len(self.first)

    def add(self, user_id: int, codes: Collection[str]) -> None:
        """Add a user, if there is a permission to gain or lose."""
        if codes:
            self.ids.append(user_id)
            self.codes.update(codes)


@dataclass(frozen=True)
class ImportImpact:
    """The users whose permissions an import changes.

    Attributes:
        gaining: Those who gain some.
        losing: Those who lose some.
        orphaned: The codes of permissions that only administrators would have, each with its ID.
    """

    gaining: AffectedPeople = field(default_factory=AffectedPeople)
    losing: AffectedPeople = field(default_factory=AffectedPeople)
    orphaned: Mapping[str, int] = field(default_factory=dict)

    @property
    def numbers(self) -> dict[str, dict[str, Any]]:
        """The number of users who gain and who lose, and the permissions, as programs take it."""
        sides = {"gain": self.gaining, "lose": self.losing}
        return {
            name: {"people": side.count, "permissions": sorted(side.codes)}
            for name, side in sides.items()
        }

    @property
    def reviewed(self) -> dict[str, ReviewedRows]:
        """The users and the permissions as parts of a review."""
        return {
            "gaining": rows_of("Users who gain access", User, self.gaining.ids),
            "losing": rows_of("Users who lose access", User, self.losing.ids),
            "orphaned": orphaned_rows(self.orphaned.values()),
        }


def impact_of(
    session: DbSession, roles: RolesPlan, assignments: AssignmentsPlan | None
) -> ImportImpact:
    """Return the users whose permissions would change, in three statements at most.

    Args:
        session: The database session; it only reads.
        roles: The plan of the roles, which is empty where the file has none.
        assignments: The plan of the assignments; None if the file has none.
    """
    impact = ImportImpact(orphaned=_orphaned(session, roles, assignments))
    judge = _Judge(roles)
    for user_id, before, after in _people(session, roles, assignments):
        gained, lost = judge.difference(before, after)
        impact.gaining.add(user_id, gained)
        impact.losing.add(user_id, lost)
    _name(session, impact)
    return impact


class _Judge:
    """Tells what users with some roles gain and lose, each combination of roles once."""

    def __init__(self, roles: RolesPlan) -> None:
        self._every = frozenset(roles.matrix.codes.values())
        self._before = {
            role.name: PermissionSet(role.codes, is_all=role.grants_all)
            for role in roles.matrix.roles
        }
        self._after = roles.granted
        self._known: dict[Any, tuple[frozenset[str], frozenset[str]]] = {}

    def difference(
        self, before: frozenset[str], after: frozenset[str]
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Return the permissions that are gained and lost with a change of roles."""
        known = self._known.get((before, after))
        if known is None:
            had, has = self._granted(self._before, before), self._granted(self._after, after)
            known = self._known[before, after] = has - had, had - has
        return known

    def _granted(
        self, granted: Mapping[str, PermissionSet], names: Iterable[str]
    ) -> frozenset[str]:
        found = [granted[name] for name in names if name in granted]
        if any(one.is_all for one in found):
            return self._every
        return frozenset().union(*(one.codes for one in found))


def _people(
    session: DbSession, roles: RolesPlan, assignments: AssignmentsPlan | None
) -> Iterator[tuple[int, frozenset[str], frozenset[str]]]:
    """Yield the users who may be affected, with their roles before and afterwards."""
    changes = {change.user.id: change for change in assignments.changes} if assignments else {}
    held: dict[int, HeldRoles] = {change.user.id: change.user for change in changes.values()}
    if roles.grants:
        held |= {user.id: user for user in users.held_roles(session, roles.grants)}
    for user_id in sorted(held):
        before, change = held[user_id].roles, changes.get(user_id)
        after = before.difference(change.lost).union(change.gained) if change else before
        yield user_id, before, after


def _orphaned(
    session: DbSession, roles: RolesPlan, assignments: AssignmentsPlan | None
) -> dict[str, int]:
    changes = assignments.changes if assignments else []
    if not roles.grants and not any(change.lost for change in changes):
        return {}
    before = {role.name: role.codes for role in roles.matrix.roles if not role.grants_all}
    after = {name: one.codes for name, one in roles.granted.items() if not one.is_all}
    members = active_members(session)
    left = members.copy()
    for change in changes:
        if change.user.is_active:
            left.subtract(change.lost)
            left.update(change.gained)
    codes = granted_by(before, members) - granted_by(after, +left)
    return {code: id_ for id_, code in roles.matrix.codes.items() if code in codes}


def _name(session: DbSession, impact: ImportImpact) -> None:
    sides = (impact.gaining, impact.losing)
    ids = {user_id for side in sides for user_id in side.ids[:NAMED]}
    if not ids:
        return
    query = select(User.id, User.username, User.full_name, User.is_active)
    rows = {row.id: row for row in session.execute(query.where(User.id.in_(ids)))}
    for side in sides:
        side.first = [rows[user_id] for user_id in side.ids[:NAMED] if user_id in rows]
