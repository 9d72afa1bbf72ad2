"""Grants: which role grants which permission, who may change that, and what follows from it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from app.domain import access, audit, etags
from app.domain.access import PermissionSet
from app.domain.actor import Actor
from app.domain.audit import Change
from app.domain.errors import BeyondOwnPermissions, ChangedMeanwhile, InvalidValue, RuleError
from app.domain.permissions import PermissionCode
from app.domain.roles import impact, members
from app.domain.roles.impact import GrantDifference, Granted, RoleImpact
from app.domain.roles.lookup import MOST_AT_ONCE
from app.domain.roles.matrix import Matrix, MatrixRole, read_matrix
from app.domain.target import Target
from app.domain.text import checked_reason
from app.models import DbSession, Role, role_permissions


class RoleIsGuarded(RuleError):
    """The role came with the console, which relies on it."""


class GrantsChangedMeanwhile(ChangedMeanwhile):
    """Roles no longer grant what the editor saw.

    Attributes:
        role_ids: The roles.
    """

    def __init__(self, stale: Sequence[MatrixRole]) -> None:
        names = ", ".join(role.name for role in stale)
        what = f"the role {names}" if len(stale) == 1 else f"the roles {names}"
        super().__init__(
            f"The permissions of {what} were changed by somebody else while you were editing."
        )
        self.role_ids = frozenset(role.id for role in stale)


@dataclass(frozen=True)
class GrantEdit:
    """The permissions that a role shall grant, and the etag they were ticked against.

    Attributes:
        permission_ids: What the role shall grant of what was shown.
        etag: The digest of what it granted of that.
        shown: The permissions that were shown; None where all were. What a role grants besides is
            neither compared nor changed.
    """

    permission_ids: frozenset[int]
    etag: str
    shown: frozenset[int] | None = None

    def seen_of(self, granted: frozenset[int]) -> frozenset[int]:
        """Return what was shown of what the role grants."""
        return granted if self.shown is None else granted & self.shown

    def applied_to(self, granted: frozenset[int]) -> frozenset[int]:
        """Return what the role grants after the edit: beside the ticks, what was not shown."""
        return granted - self.seen_of(granted) | self.permission_ids


Edits = Mapping[int, GrantEdit]


@dataclass(frozen=True)
class GrantsEdit:
    """The edits of several roles, by their ids, and the reason for all of them."""

    edits: Edits
    reason: str = ""


@dataclass(frozen=True)
class GrantsImpact:
    """The effects of changed grants.

    Attributes:
        roles: The changes of each role, and the people whom they affect.
        orphaned: The permissions that only administrators would have.
    """

    roles: list[RoleImpact]
    orphaned: list[str]

    @property
    def is_empty(self) -> bool:
        """Tell whether the change changes nothing."""
        return not self.roles


def grants_etag(permission_ids: Collection[int]) -> str:
    """Return the digest of what a role grants that an edit is checked against."""
    return etags.of(sorted(permission_ids))


def review_grants(session: DbSession, edit: GrantsEdit, *, actor: Actor) -> GrantsImpact:
    """Return what the edits would lead to.

    What `change_grants` would refuse is refused here already, before anybody gives a reason for it.

    Raises:
        RuleError: As `change_grants`.
    """
    matrix = read_matrix(session)
    checked_reason(edit.reason)
    differences = _allowed(session, matrix, edit.edits, actor)
    before, after = matrix.granted, _after(matrix, edit.edits)
    return GrantsImpact(
        roles=impact.impact_of(session, matrix, differences),
        orphaned=impact.orphaned_permissions(session, before, after, matrix.admin_id),
    )


def change_grants(session: DbSession, edit: GrantsEdit, *, actor: Actor) -> list[GrantDifference]:
    """Let roles grant exactly these of the permissions shown, all or none, and record who did it.

    Args:
        session: The database session; the caller commits it.
        edit: The permissions of each role, the etags they were compared with, and the reason.
        actor: The person or command making the changes.

    Returns:
        What was changed.

    Raises:
        InvalidValue: A role or a permission does not exist, or the reason is too long.
        GrantsChangedMeanwhile: A role no longer grants what the editor saw.
        RoleIsGuarded: The role ``admin`` grants every permission, always.
        BeyondOwnPermissions: The actor may not change roles, does not hold what would be granted or
            all that the role grants, or would take from somebody who holds more.
    """
    access.serialize_access_changes(session)
    lock(session, edit.edits)
    matrix = read_matrix(session)
    reason = checked_reason(edit.reason)
    differences = _allowed(session, matrix, edit.edits, actor)
    for difference in differences:
        _put(session, matrix, difference)
    if differences:
        changes = [one for difference in differences for one in _changes(matrix, difference)]
        audit.record_save(session, changes, actor=actor, reason=reason)
    return differences


def lock(session: DbSession, role_ids: Collection[int]) -> None:
    """Keep other programs, which take no turns, from changing what the roles grant."""
    query = select(Role.id).where(Role.id.in_(sorted(role_ids)[:MOST_AT_ONCE])).order_by(Role.id)
    session.execute(query.with_for_update()).all()


def refuse_role_beyond(own: PermissionSet, role: MatrixRole) -> None:
    """Refuse to touch a role that grants what the actor does not hold.

    Raises:
        BeyondOwnPermissions: It does.
    """
    if not own.includes(PermissionSet(role.codes, is_all=role.grants_all)):
        raise BeyondOwnPermissions(
            f"The role {role.name} grants permissions that you do not have, "
            "so you cannot change it.",
            target=role.target,
        )


def refuse_granting_beyond(
    own: PermissionSet, codes: Collection[str], target: Target, field: str | None = None
) -> None:
    """Refuse to grant what the actor does not hold.

    Raises:
        BeyondOwnPermissions: The sentence names the permissions.
    """
    missing = [] if own.is_all else sorted(set(codes) - own.codes)
    if missing:
        raise BeyondOwnPermissions(
            f"You do not have {', '.join(missing)}, so you cannot grant it.",
            field=field,
            target=target,
        )


def refuse_taking_beyond(
    session: DbSession, own: PermissionSet, matrix: Matrix, losing: Sequence[MatrixRole]
) -> None:
    """Refuse to take permissions from somebody who holds what the actor does not hold.

    Raises:
        BeyondOwnPermissions: Somebody who holds one of the roles does.
    """
    beyond = [
        role.id
        for role in matrix.roles
        if not own.includes(PermissionSet(role.codes, is_all=role.grants_all))
    ]
    if not losing or not beyond:
        return
    if members.share_a_member(session, [role.id for role in losing], beyond):
        names = " or ".join(role.name for role in losing)
        raise BeyondOwnPermissions(
            f"Somebody who holds the role {names} has permissions that you do not have, "
            "so you cannot take anything from them.",
            target=losing[0].target,
        )


def _allowed(
    session: DbSession, matrix: Matrix, edits: Edits, actor: Actor
) -> list[GrantDifference]:
    """Return the changes of the edits, or refuse them."""
    differences = _accepted(matrix, edits)
    if not differences:
        return []
    own = access.require(session, actor, PermissionCode.ROLE_UPDATE)
    for difference in differences:
        role = matrix.by_id[difference.role_id]
        refuse_role_beyond(own, role)
        refuse_granting_beyond(own, difference.gained, role.target)
    losing = [matrix.by_id[one.role_id] for one in differences if one.lost]
    refuse_taking_beyond(session, own, matrix, losing)
    return differences


def _accepted(matrix: Matrix, edits: Edits) -> list[GrantDifference]:
    if len(edits) > MOST_AT_ONCE or not edits.keys() <= matrix.by_id.keys():
        raise InvalidValue("One of the roles does not exist any more.")
    stale = [matrix.by_id[number] for number in edits if _is_stale(matrix, number, edits[number])]
    if stale:
        raise GrantsChangedMeanwhile(sorted(stale, key=lambda role: role.name))
    if not all(edit.permission_ids <= matrix.codes.keys() for edit in edits.values()):
        raise InvalidValue("One of the permissions does not exist any more.")
    found = [_difference(matrix, role, edits[role.id]) for role in matrix.roles if role.id in edits]
    return [one for one in found if one.gained or one.lost]


def _is_stale(matrix: Matrix, role_id: int, edit: GrantEdit) -> bool:
    return edit.etag != grants_etag(edit.seen_of(matrix.by_id[role_id].permission_ids))


def _difference(matrix: Matrix, role: MatrixRole, edit: GrantEdit) -> GrantDifference:
    wanted = _codes(matrix, role.id, edit)
    if role.grants_all and wanted != role.codes:
        sentence = f"The role {role.name} grants every permission, always. It cannot be changed."
        raise RoleIsGuarded(sentence, target=role.target)
    gained, lost = sorted(wanted - role.codes), sorted(role.codes - wanted)
    return GrantDifference(role.id, role.name, tuple(gained), tuple(lost))


def _codes(matrix: Matrix, role_id: int, edit: GrantEdit) -> frozenset[str]:
    ids = edit.applied_to(matrix.by_id[role_id].permission_ids)
    return frozenset(matrix.codes[number] for number in ids)


def _after(matrix: Matrix, edits: Edits) -> Granted:
    changed = {number: _codes(matrix, number, edit) for number, edit in edits.items()}
    changed.pop(matrix.admin_id, None)
    return matrix.granted | changed


def _put(session: DbSession, matrix: Matrix, difference: GrantDifference) -> None:
    ids = {code: number for number, code in matrix.codes.items()}
    role = role_permissions.c.role_id
    if difference.lost:
        gone = role_permissions.c.permission_id.in_([ids[code] for code in difference.lost])
        session.execute(delete(role_permissions).where(role == difference.role_id, gone))
    if difference.gained:
        rows = [
            {"role_id": difference.role_id, "permission_id": ids[code]}
            for code in difference.gained
        ]
        session.execute(insert(role_permissions), rows)


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
