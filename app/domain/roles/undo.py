"""Undo the grants and revocations of a save, as far as they still stand."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from app.domain import access, audit
from app.domain.actor import Actor
from app.domain.audit import GONE, LeftOut, NothingToUndo
from app.domain.confirmation import Confirmation
from app.domain.roles import grants
from app.domain.roles.grant_edit import Edits, GrantEdit, GrantsEdit, grants_etag
from app.domain.roles.grants import GrantsImpact
from app.domain.roles.impact import GrantDifference
from app.domain.roles.matrix import Matrix, MatrixRole, read_matrix
from app.models import AuditEvent, DbSession, Role

GRANTED, REVOKED = UNDOABLE = "permission:granted", "permission:revoked"


@dataclass(frozen=True)
class GrantsUndo:
    """The edits that undo a save.

    Attributes:
        event: The event that was chosen; its save is undone.
        edits: The edits by the IDs of the roles; none if nothing is left to undo.
        left_out: The roles and permissions that are left out.
        impact: The effects of the edits.
    """

    event: AuditEvent
    edits: Edits
    left_out: Sequence[LeftOut]
    impact: GrantsImpact | None = None


def review_undo(session: DbSession, event_id: int, *, actor: Actor) -> GrantsUndo:
    """Return what undoing a save would change, and what it would leave out.

    Raises:
        RuleError: As `undo`.
    """
    found = _of_save(session, event_id)
    if not found.edits:
        return found
    edit = GrantsEdit(found.edits)
    return replace(found, impact=grants.review_grants(session, edit, actor=actor))


def undo(
    session: DbSession, event_id: int, confirmation: Confirmation, *, actor: Actor
) -> list[GrantDifference]:
    """Undo what a save did to the permissions of roles.

    What has changed since stays as it is: the review names it.

    Args:
        session: The database session; the caller commits it.
        event_id: One of the events of the save.
        confirmation: The reason, and the reviewed effects.
        actor: The person who undoes it.

    Returns:
        The differences that were saved.

    Raises:
        NotFound: The event is not such a change.
        NothingToUndo: The changes no longer stand.
        ReviewOutdated: Other users would gain or lose permissions than were reviewed.
        InvalidValue: The reason is too long.
        BeyondOwnPermissions: The actor may not make the opposite change; see `change_grants`.
    """
    access.serialize_access_changes(session)
    found = _of_save(session, event_id)
    if not found.edits:
        raise NothingToUndo
    reviewed = confirmation.reviewed or ""
    edit = GrantsEdit(found.edits, confirmation.reason, reviewed, event_id)
    return grants.change_grants(session, edit, actor=actor)


def _of_save(session: DbSession, event_id: int) -> GrantsUndo:
    event, changes = audit.saved_changes(session, event_id, UNDOABLE)
    matrix = read_matrix(session)
    ids = {change.target_id for change in changes}
    query = select(Role.id).where(Role.id.in_(ids), Role.created_at <= event.at)
    # IDs are given again: a role that is younger than the event is another one.
    present = set(session.scalars(query)) & matrix.by_id.keys()
    exchanged: dict[int, set[int]] = {}
    left_out = []
    for change in changes:
        if change.target_id is None or change.target_id not in present:
            left_out.append(LeftOut(change.target_name, GONE))
            continue
        role = matrix.by_id[change.target_id]
        left_out += _left_out(matrix, role, change)
        standing = _standing(matrix, role, change)
        exchanged.setdefault(role.id, set()).update(standing)
    edits = {
        role_id: _edit(matrix.by_id[role_id], ids) for role_id, ids in exchanged.items() if ids
    }
    return GrantsUndo(event, edits, left_out)


def _edit(role: MatrixRole, exchanged: Collection[int]) -> GrantEdit:
    granted = role.permission_ids
    return GrantEdit(granted ^ frozenset(exchanged), grants_etag(granted))


def _standing(matrix: Matrix, role: MatrixRole, change: AuditEvent) -> Iterator[int]:
    """Return the permissions that are as the change left them."""
    codes = set(_codes(change))
    for permission_id, code in matrix.codes.items():
        if code in codes and (code in role.codes) == (change.action == GRANTED):
            yield permission_id


def _left_out(matrix: Matrix, role: MatrixRole, change: AuditEvent) -> Iterator[LeftOut]:
    known = set(matrix.codes.values())
    for code in _codes(change):
        name = f"{code} of {role.name}"
        if code not in known:
            yield LeftOut(name, GONE)
        elif change.action == GRANTED and code not in role.codes:
            yield LeftOut(name, "Has been revoked since")
        elif change.action == REVOKED and code in role.codes:
            yield LeftOut(name, "Has been granted again")


def _codes(change: AuditEvent) -> list[str]:
    side = change.after if change.action == GRANTED else change.before
    codes = audit.fields_of(side).get("codes")
    return [code for code in codes if isinstance(code, str)] if isinstance(codes, list) else []
