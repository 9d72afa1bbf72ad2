"""Change the permissions that roles grant, and review the effects."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select

from app.domain import access, audit, reviews
from app.domain.actor import Actor
from app.domain.audit import Change
from app.domain.errors import InvalidValue
from app.domain.permissions import PermissionCode
from app.domain.reviews import ReviewContent
from app.domain.roles import escalation, impact
from app.domain.roles.grant_edit import (
    Edits,
    GrantEdit,
    GrantsChangedMeanwhile,
    GrantsEdit,
    grants_etag,
)
from app.domain.roles.impact import GrantDifference, RoleImpact
from app.domain.roles.lookup import MOST_AT_ONCE, SystemRoleProtected
from app.domain.roles.matrix import Matrix, MatrixRole, read_matrix
from app.domain.roles.orphaned import Granted, orphaned_permissions, orphaned_rows
from app.domain.target import Target
from app.domain.text import checked_reason
from app.models import DbSession, Role, role_permissions

_GRANT = insert(role_permissions)
_REVOKE = delete(role_permissions).where(
    role_permissions.c.role_id == bindparam("of_role"),
    role_permissions.c.permission_id == bindparam("of_permission"),
)


@dataclass(frozen=True)
class GrantsImpact:
    """The effects of changed grants.

    Attributes:
        roles: The changes of each role, and the people affected.
        orphaned: The permissions that only administrators would have.
    """

    roles: list[RoleImpact]
    orphaned: list[str]
    content: ReviewContent

    @property
    def is_empty(self) -> bool:
        """Tell whether no role changes."""
        return not self.roles


def review_grants(session: DbSession, edit: GrantsEdit, *, actor: Actor) -> GrantsImpact:
    """Return the effects of the edits.

    Everything that `change_grants` refuses is refused here too, before a reason is asked for.

    Raises:
        RuleError: As `change_grants`.
    """
    matrix = read_matrix(session)
    checked_reason(edit.reason)
    differences = _allowed(session, matrix, edit.edits, actor)
    return _impact(session, matrix, edit.edits, differences)


def change_grants(session: DbSession, edit: GrantsEdit, *, actor: Actor) -> list[GrantDifference]:
    """Save the selected permissions of all these roles or of none, and record the changes.

    Args:
        session: The database session; the caller commits it.
        edit: The permissions and the etag of each role, and the reason.
        actor: The person or command that makes the changes.

    Returns:
        The differences that were saved.

    Raises:
        InvalidValue: A role or a permission does not exist, or the reason is too long.
        GrantsChangedMeanwhile: The permissions of a role have changed since the editor loaded them.
        ReviewOutdated: Other users would gain or lose permissions than were reviewed.
        SystemRoleProtected: The role ``admin`` always grants every permission.
        BeyondOwnPermissions: The actor may not change roles, does not have all permissions of a
            role or one to be granted, or would take some from users with more permissions.
    """
    access.serialize_access_changes(session)
    _lock(session, edit.edits)
    matrix = read_matrix(session)
    reason = checked_reason(edit.reason)
    differences = _allowed(session, matrix, edit.edits, actor)
    if edit.reviewed is not None and differences:
        effects = _impact(session, matrix, edit.edits, differences, has_names=False)
        reviews.hold(edit.reviewed, effects.content)
    if differences:
        changed = (matrix.by_id[row.role_id] for row in differences)
        holders = [role.holder for role in changed]
        access.record_access_from_outside(session, access.GRANTS, holders)
    _put(session, matrix, differences)
    if differences:
        changes = [change for row in differences for change in _changes(matrix, row)]
        events = [(target, change.undoing(edit.undoes)) for target, change in changes]
        audit.record_save(session, events, actor=actor, reason=reason)
    return differences


def _impact(
    session: DbSession,
    matrix: Matrix,
    edits: Edits,
    differences: list[GrantDifference],
    *,
    has_names: bool = True,
) -> GrantsImpact:
    before, after = matrix.granted, _after(matrix, edits)
    affected = impact.impact_of(session, matrix, differences, has_names=has_names)
    orphaned = orphaned_permissions(session, before, after, matrix.admin_id)
    ids = [id_ for id_, code in matrix.codes.items() if code in orphaned]
    parts = {key: part for row in affected for key, part in row.reviewed.items()}
    parts["orphaned"] = orphaned_rows(ids)
    names = [[row.name, row.gained, row.lost] for row in differences]
    return GrantsImpact(affected, orphaned, ReviewContent(names, parts))


def _lock(session: DbSession, role_ids: Collection[int]) -> None:
    """Lock the roles against other programs, which do not lock the guard row."""
    query = select(Role.id).where(Role.id.in_(sorted(role_ids)[:MOST_AT_ONCE])).order_by(Role.id)
    session.execute(query.with_for_update()).all()


def _allowed(
    session: DbSession, matrix: Matrix, edits: Edits, actor: Actor
) -> list[GrantDifference]:
    """Return the differences of the edits if the actor may save them."""
    differences = _accepted(matrix, edits)
    if not differences:
        return []
    own = access.require(session, actor, PermissionCode.ROLE_UPDATE)
    for difference in differences:
        role = matrix.by_id[difference.role_id]
        escalation.refuse_changing(own, role)
        escalation.refuse_granting(own, difference.gained, role.target)
    losing = [matrix.by_id[row.role_id] for row in differences if row.lost]
    escalation.refuse_revoking(session, own, matrix, losing)
    return differences


def _accepted(matrix: Matrix, edits: Edits) -> list[GrantDifference]:
    if len(edits) > MOST_AT_ONCE or not edits.keys() <= matrix.by_id.keys():
        raise InvalidValue("One of the roles does not exist.")
    stale = [matrix.by_id[id_] for id_, edit in edits.items() if _is_stale(matrix, id_, edit)]
    if stale:
        raise GrantsChangedMeanwhile(sorted(stale, key=lambda role: role.name))
    if not all(edit.permission_ids <= matrix.codes.keys() for edit in edits.values()):
        raise InvalidValue("One of the permissions does not exist.")
    edited = [role for role in matrix.roles if role.id in edits]
    differences = [_difference(matrix, role, edits[role.id]) for role in edited]
    return [difference for difference in differences if difference.gained or difference.lost]


def _is_stale(matrix: Matrix, role_id: int, edit: GrantEdit) -> bool:
    return edit.etag != grants_etag(edit.shown_of(matrix.by_id[role_id].permission_ids))


def _difference(matrix: Matrix, role: MatrixRole, edit: GrantEdit) -> GrantDifference:
    codes = _codes(matrix, role.id, edit)
    if role.grants_all and codes != role.codes:
        message = f"The role {role.name} grants every permission, always. It cannot be changed."
        raise SystemRoleProtected(message, target=role.target)
    gained, lost = sorted(codes - role.codes), sorted(role.codes - codes)
    return GrantDifference(role.id, role.name, tuple(gained), tuple(lost))


def _codes(matrix: Matrix, role_id: int, edit: GrantEdit) -> frozenset[str]:
    ids = edit.applied_to(matrix.by_id[role_id].permission_ids)
    return frozenset(matrix.codes[id_] for id_ in ids)


def _after(matrix: Matrix, edits: Edits) -> Granted:
    changed = {id_: _codes(matrix, id_, edit) for id_, edit in edits.items()}
    changed.pop(matrix.admin_id, None)
    return matrix.granted | changed


def _put(session: DbSession, matrix: Matrix, differences: Sequence[GrantDifference]) -> None:
    ids = {code: id_ for id_, code in matrix.codes.items()}
    lost = [
        {"of_role": row.role_id, "of_permission": ids[code]}
        for row in differences
        for code in row.lost
    ]
    gained = [
        {"role_id": row.role_id, "permission_id": ids[code]}
        for row in differences
        for code in row.gained
    ]
    if lost:
        session.connection().execute(_REVOKE, lost)
    if gained:
        session.connection().execute(_GRANT, gained)


def _changes(matrix: Matrix, difference: GrantDifference) -> list[tuple[Target, Change]]:
    target = matrix.by_id[difference.role_id].target
    changes = []
    if difference.gained:
        after = {"codes": list(difference.gained)}
        changes.append((target, Change("permission:granted", after=after)))
    if difference.lost:
        before = {"codes": list(difference.lost)}
        changes.append((target, Change("permission:revoked", before=before)))
    return changes
