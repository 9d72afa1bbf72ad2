"""The deletion of a role: who would lose what, and what is taken from whom."""

from collections.abc import Iterator

from sqlalchemy import delete as delete_from
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.domain import access, audit, confirmation, etags
from app.domain.access import PermissionSet
from app.domain.actor import Actor
from app.domain.audit import Change
from app.domain.confirmation import Deletion
from app.domain.errors import RuleError
from app.domain.permissions import PermissionCode
from app.domain.roles import editing, grants, impact, lookup, members
from app.domain.roles.editing import RoleChangedMeanwhile
from app.domain.roles.grants import RoleIsGuarded
from app.domain.roles.impact import GrantDifference, RoleImpact
from app.domain.roles.matrix import Matrix, MatrixRole, read_matrix
from app.domain.target import Target
from app.models import DbSession, Role, User, role_permissions, user_roles

EVENTS_AT_ONCE = 1000


class RoleIsReferredTo(RuleError):
    """Rows of another program refer to the role, which therefore cannot be deleted."""


def review_deletion(session: DbSession, role_id: int) -> RoleImpact:
    """Return who would lose what if the role were deleted.

    Raises:
        NotFound: There is no such role.
    """
    matrix = read_matrix(session)
    role = matrix.role(role_id)
    difference = GrantDifference(role.id, role.name, lost=tuple(sorted(matrix.granted[role_id])))
    [found] = impact.impact_of(session, matrix, [difference])
    return found


def delete(session: DbSession, role_id: int, typed: Deletion, *, actor: Actor) -> str:
    """Delete a role, which takes it from all who hold it, and record each of them.

    Args:
        session: The database session; the caller commits it.
        role_id: The role.
        typed: What was typed, and the etag it was typed against.
        actor: The person or command deleting it.

    Returns:
        The name that the role had.

    Raises:
        NotFound: There is no such role.
        RoleIsGuarded: System roles are not deleted.
        RoleChangedMeanwhile: The role is no longer what was shown.
        InvalidValue: The name that was typed is another one, or the reason is too long.
        BeyondOwnPermissions: The actor may not delete roles, does not hold all that the role
            grants, or may not take it from somebody who holds it.
        RoleIsReferredTo: Another program's rows refer to the role.
    """
    access.serialize_access_changes(session)
    editing.locked(session, role_id)
    matrix = read_matrix(session)
    role = matrix.role(role_id)
    _refuse_guarded(role)
    if typed.etag != deletion_etag(role):
        raise RoleChangedMeanwhile(role)
    reason = confirmation.confirmed(
        typed.name.lower(), role.name, typed.reason, what="the name", field="name"
    )
    _refuse_deleting(session, matrix, role, actor)
    _record_deletion(session, role, reason, actor)
    _remove(session, role)
    return role.name


def deletion_etag(role: MatrixRole) -> str:
    """Return the digest of a role, and what it grants, that a deletion is checked against."""
    return etags.of([role.name, role.description, sorted(role.permission_ids)])


def _refuse_guarded(role: MatrixRole) -> None:
    if lookup.is_guarded(role):
        sentence = f"{role.name} is a system role. It cannot be deleted."
        raise RoleIsGuarded(sentence, target=role.target)


def _refuse_deleting(session: DbSession, matrix: Matrix, role: MatrixRole, actor: Actor) -> None:
    own = access.require(session, actor, PermissionCode.ROLE_DELETE)
    grants.refuse_role_beyond(own, role)
    needed = PermissionSet(frozenset({PermissionCode.ROLE_ASSIGN}))
    if not own.includes(needed) and members.count_members(session, role.id):
        access.require(session, actor, PermissionCode.ROLE_ASSIGN)
    grants.refuse_taking_beyond(session, own, matrix, [role])


def _record_deletion(session: DbSession, role: MatrixRole, reason: str, actor: Actor) -> None:
    before = {"name": role.name, "description": role.description, "codes": sorted(role.codes)}
    deleted = Change("role:deleted", before=before)
    save = audit.record_save(session, [(role.target, deleted)], actor=actor, reason=reason)
    taken = Change("role:unassigned", before={"role": role.name})
    for people in _holders_of(session, role.id):
        changes = [(person, taken) for person in people]
        audit.record_save(session, changes, actor=actor, reason=reason, save_id=save.id)


def _remove(session: DbSession, role: MatrixRole) -> None:
    try:
        for table in (user_roles, role_permissions):
            session.execute(delete_from(table).where(table.c.role_id == role.id))
        session.execute(delete_from(Role).where(Role.id == role.id))
    except IntegrityError as error:
        sentence = f"Other tables of the database refer to {role.name}, so it cannot be deleted."
        raise RoleIsReferredTo(sentence) from error


def _holders_of(session: DbSession, role_id: int) -> Iterator[list[Target]]:
    query = (
        select(User.id, User.username)
        .join(user_roles, user_roles.c.user_id == User.id)
        .where(user_roles.c.role_id == role_id)
        .order_by(user_roles.c.user_id)
        .limit(EVENTS_AT_ONCE)
    )
    last = 0
    while rows := session.execute(query.where(user_roles.c.user_id > last)).all():
        yield [Target("user", row.username, row.id) for row in rows]
        last = rows[-1].id
