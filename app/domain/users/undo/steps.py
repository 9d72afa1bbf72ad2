"""The steps that undo a save of users: for each of its changes the opposite one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.domain import audit, roles
from app.domain.audit import GONE
from app.domain.errors import NotFound
from app.domain.roles import EarlierRoles, MatrixRole
from app.domain.users.bulk_edit import BulkAction
from app.models import AuditEvent, DbSession

ASSIGNED, UNASSIGNED = OF_ROLES = "role:assigned", "role:unassigned"
INVERSE = {
    ASSIGNED: BulkAction.UNASSIGN,
    UNASSIGNED: BulkAction.ASSIGN,
    "user:activated": BulkAction.DEACTIVATE,
    "user:deactivated": BulkAction.ACTIVATE,
}

RESTORE_FIRST = "Was deleted in entry {}. Restore the role first, then undo this"
NO_ROLES = EarlierRoles({}, {})


class UndoStep(NamedTuple):
    """The opposite of one change of a save.

    Attributes:
        user_id: The user.
        username: The name of the user, as it was recorded.
        action: The opposite change.
        role_name: The name of the role, as it was recorded; "" for none.
        role: The role, if there is one and it still exists.
    """

    user_id: int
    username: str
    action: BulkAction
    role_name: str
    role: MatrixRole | None

    @property
    def is_gone(self) -> bool:
        """Tell whether the role of the step no longer exists."""
        return self.action.takes_role and self.role is None


@dataclass(frozen=True)
class SaveToUndo:
    """A save of users.

    Attributes:
        event: The event that was chosen.
        steps: The steps that undo all of it.
        deletions: The IDs of the events of roles that were deleted since, by their names.
    """

    event: AuditEvent
    steps: Sequence[UndoStep]
    deletions: Mapping[str, int]

    def why_gone(self, role: str) -> str:
        """Return the reason why a role that no longer exists is left out, and what to do."""
        deletion = self.deletions.get(role)
        return RESTORE_FIRST.format(deletion) if deletion else GONE

    @property
    def user_ids(self) -> list[int]:
        """The users of the save, sorted."""
        return sorted({step.user_id for step in self.steps})

    @property
    def kinds(self) -> list[tuple[BulkAction, str]]:
        """The different changes that it takes, in their order: of accounts, then of roles."""
        kinds = {(step.action, step.role_name) for step in self.steps}
        return sorted(kinds, key=lambda kind: (kind[0].takes_role, kind[1], kind[0]))


def read_save(session: DbSession, event_id: int) -> SaveToUndo:
    """Return the save of an event with the steps that undo it.

    Raises:
        NotFound: The event is not of such a change, or lacks its content.
    """
    event, changes = audit.saved_changes(session, event_id, INVERSE)
    names = {_role_of(change) for change in changes if change.action in OF_ROLES}
    if not changes or "" in names:
        raise NotFound("This change does not exist.")
    then = roles.roles_then(session, names, event) if names else NO_ROLES
    by_id = roles.read_matrix(session).by_id if then.ids else {}
    by_name = {name: by_id.get(role_id) for name, role_id in then.ids.items()}
    steps = [
        UndoStep(change.target_id, change.target_name, INVERSE[change.action], name, role)
        for change in changes
        if change.target_id is not None
        for name in [_role_of(change)]
        for role in [by_name.get(name)]
    ]
    return SaveToUndo(event, steps, then.deletions)


def _role_of(change: AuditEvent) -> str:
    """Return the name of the role that was assigned or removed; "" for none."""
    fields = {**audit.fields_of(change.before), **audit.fields_of(change.after)}
    return str(fields.get("role", ""))
