"""The edited permissions of roles, as the editor sends them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.domain import etags
from app.domain.errors import ChangedMeanwhile
from app.domain.roles.matrix import MatrixRole


class GrantsChangedMeanwhile(ChangedMeanwhile):
    """The permissions of roles have changed since the editor loaded them.

    Attributes:
        role_ids: The IDs of the changed roles.
    """

    def __init__(self, stale: Sequence[MatrixRole]) -> None:
        names = ", ".join(role.name for role in stale)
        roles = f"the role {names}" if len(stale) == 1 else f"the roles {names}"
        super().__init__(
            f"The permissions of {roles} were changed by somebody else while you were editing."
        )
        self.role_ids = frozenset(role.id for role in stale)


@dataclass(frozen=True)
class GrantEdit:
    """The permissions selected for a role, and the etag of its grants in the editor.

    Attributes:
        permission_ids: The selected permissions.
        etag: The digest of the shown permissions that the role granted.
        shown: The permissions in the editor; None for all. The other permissions of the role are
            neither compared nor changed.
    """

    permission_ids: frozenset[int]
    etag: str
    shown: frozenset[int] | None = None

    def shown_of(self, granted: frozenset[int]) -> frozenset[int]:
        """Return the granted permissions that were shown."""
        return granted if self.shown is None else granted & self.shown

    def applied_to(self, granted: frozenset[int]) -> frozenset[int]:
        """Return the grants after the edit: the selected permissions, and those not shown."""
        return granted - self.shown_of(granted) | self.permission_ids


Edits = Mapping[int, GrantEdit]


@dataclass(frozen=True)
class GrantsEdit:
    """The edits of several roles.

    Attributes:
        edits: The edits, by the IDs of the roles.
        reason: The actor's reason for all of them.
        reviewed: The reviewed effects; see `reviews.hold`.
        undoes: The ID of the event that the change undoes, if it undoes one.
    """

    edits: Edits
    reason: str = ""
    reviewed: str | None = None
    undoes: int | None = None


def grants_etag(permission_ids: Collection[int]) -> str:
    """Return the digest of the permissions that a role grants."""
    return etags.of(sorted(permission_ids))
