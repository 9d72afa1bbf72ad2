"""A change of the roles of a user: before, after, and what the user gains and loses by it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.access import RoleGrants
from app.domain.reviews import ReviewContent, rows_of
from app.models import Permission, Role, User


@dataclass(frozen=True)
class RoleChange:
    """The roles of a user before and after a change."""

    before: Sequence[RoleGrants]
    after: Sequence[RoleGrants]

    @property
    def assigned(self) -> list[RoleGrants]:
        """The roles that the user gets."""
        return [role for role in self.after if role not in self.before]

    @property
    def unassigned(self) -> list[RoleGrants]:
        """The roles that the user loses."""
        return [role for role in self.before if role not in self.after]

    @property
    def gained(self) -> frozenset[int]:
        """The permissions that the user gains."""
        return _granted_by(self.after) - _granted_by(self.before)

    @property
    def lost(self) -> frozenset[int]:
        """The permissions that the user loses."""
        return _granted_by(self.before) - _granted_by(self.after)

    def content(self, user: User) -> ReviewContent:
        """Return the content of the review of this change."""
        assigned, removed = self.assigned, self.unassigned
        names = [[role.name for role in changed] for changed in (assigned, removed)]
        parts = {
            "assigned": rows_of("Roles assigned", Role, [role.id for role in assigned]),
            "removed": rows_of("Roles removed", Role, [role.id for role in removed]),
            "gained": rows_of("Permissions gained", Permission, self.gained),
            "lost": rows_of("Permissions lost", Permission, self.lost),
        }
        return ReviewContent([user.username, *names], parts)


def _granted_by(roles: Sequence[RoleGrants]) -> frozenset[int]:
    return frozenset().union(*(role.permission_ids for role in roles))
