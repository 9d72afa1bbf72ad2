"""Create and delete roles."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import delete as delete_from
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app.domain import access, audit, confirmation, etags, reviews, validation
from app.domain.access import PermissionSet
from app.domain.actor import Actor
from app.domain.audit import Change
from app.domain.confirmation import Deletion
from app.domain.errors import RuleError
from app.domain.permissions import PermissionCode
from app.domain.reviews import ReviewContent, ReviewedRows
from app.domain.roles import editing, escalation, impact, members, names
from app.domain.roles.editing import RoleChangedMeanwhile
from app.domain.roles.impact import GrantDifference, RoleImpact
from app.domain.roles.lookup import SystemRoleProtected, is_system_role
from app.domain.roles.matrix import Matrix, MatrixRole, read_matrix
from app.domain.roles.templates import starting_permissions
from app.domain.target import Target
from app.domain.text import checked_reason
from app.models import DbSession, Role, User, role_permissions, user_roles
from app.models.spelling import spelled

EVENTS_AT_ONCE = 1000


class RoleIsReferredTo(RuleError):
    """Rows of another program refer to the role, so that it cannot be deleted."""


@dataclass(frozen=True)
class NewRole:
    """A role to create: from a template, as a clone of another role, or without permissions."""

    name: str
    description: str = ""
    template: str | None = None
    clone_of: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class DeletionReview:
    """The effects of deleting a role.

    Attributes:
        impact: The users who lose permissions.
        members: The number of members, as `members.count_members` counts them.
        content: The content of the review.
    """

    impact: RoleImpact
    members: int
    content: ReviewContent


def create(session: DbSession, new: NewRole, *, actor: Actor) -> Role:
    """Create a role with the permissions of its template, and record the change.

    Args:
        session: The database session; the caller commits it.
        new: The typed role.
        actor: The person or command that creates it.

    Raises:
        InvalidValue: The name breaks the rules for names or is taken, the template does not exist,
            or a text is too long.
        BeyondOwnPermissions: The actor may not create roles, or does not have the permissions of
            the template.
    """
    access.serialize_access_changes(session)
    own = access.require(session, actor, PermissionCode.ROLE_CREATE)
    passed = validation.all_of(
        name=lambda: names.free_name(session, new.name),
        description=lambda: names.checked_description(new.description),
        granted=lambda: starting_permissions(session, new.template, new.clone_of),
        reason=lambda: checked_reason(new.reason),
    )
    name, granted, reason = passed["name"], passed["granted"], passed["reason"]
    role = Role(name=name, description=passed["description"])
    codes = sorted(granted)
    escalation.refuse_granting(own, codes, Target("role", name), "template")
    session.add(role)
    session.flush()
    if granted:
        rows = [{"role_id": role.id, "permission_id": id_} for id_ in granted.values()]
        session.execute(insert(role_permissions), rows)
    after = {"name": name, "description": role.description, "codes": codes}
    target = Target.of_role(role)
    audit.record(session, "role:created", target, actor=actor, after=after, reason=reason)
    return role


def review_deletion(session: DbSession, role_id: int) -> DeletionReview:
    """Return the number of members, and the permissions that users would lose without the role.

    Raises:
        NotFound: The role does not exist.
    """
    matrix = read_matrix(session)
    return _review_deletion(session, matrix, matrix.role(role_id))


def delete(session: DbSession, role_id: int, typed: Deletion, *, actor: Actor) -> str:
    """Delete a role, remove it from its members, and record each removal.

    Args:
        session: The database session; the caller commits it.
        role_id: The role.
        typed: The typed name, the reason, and the etag of the role on the page.
        actor: The person or command that deletes it.

    Returns:
        The name of the deleted role.

    Raises:
        NotFound: The role does not exist.
        SystemRoleProtected: System roles cannot be deleted.
        RoleChangedMeanwhile: The role has changed since the page was loaded.
        ReviewOutdated: Other users would lose permissions than were reviewed.
        InvalidValue: The typed name is a different one, or the reason is too long.
        BeyondOwnPermissions: The actor may not delete roles, does not have all permissions of the
            role, or may not remove it from one of its members.
        RoleIsReferredTo: Another program's rows refer to the role.
    """
    access.serialize_access_changes(session)
    editing.load_for_update(session, role_id)
    matrix = read_matrix(session)
    role = matrix.role(role_id)
    _refuse_system_role(role)
    if typed.etag != deletion_etag(role):
        raise RoleChangedMeanwhile(role)
    reason = _confirmed(role, typed)
    _refuse_deleting(session, matrix, role, actor)
    if typed.reviewed is not None:
        effects = _review_deletion(session, matrix, role, has_names=False)
        reviews.hold(typed.reviewed, effects.content)
    _record_deletion(session, role, reason, actor)
    _remove(session, role)
    return role.name


def deletion_etag(role: MatrixRole) -> str:
    """Return the digest of the name, the description and the permissions of a role."""
    return etags.of([role.name, role.description, sorted(role.permission_ids)])


def _review_deletion(
    session: DbSession, matrix: Matrix, role: MatrixRole, *, has_names: bool = True
) -> DeletionReview:
    difference = GrantDifference(role.id, role.name, lost=tuple(sorted(matrix.granted[role.id])))
    [effects] = impact.impact_of(session, matrix, [difference], has_names=has_names)
    count, check = members.count_with_check(session, role.id)
    people = ReviewedRows("Members", User, frozenset(), count, check)
    content = ReviewContent([role.name], {"members": people, **effects.reviewed})
    return DeletionReview(effects, count, content)


def _confirmed(role: MatrixRole, typed: Deletion) -> str:
    """Refuse a deletion unless the name was entered, in any case; return the checked reason."""
    entered, name = (" ".join(text.split()) for text in (typed.name, role.name))
    return confirmation.confirmed(
        spelled(entered, name), role.name, typed.reason, what="the name", field="name"
    )


def _refuse_system_role(role: MatrixRole) -> None:
    if is_system_role(role):
        message = f"{role.name} is a system role. It cannot be deleted."
        raise SystemRoleProtected(message, target=role.target)


def _refuse_deleting(session: DbSession, matrix: Matrix, role: MatrixRole, actor: Actor) -> None:
    own = access.require(session, actor, PermissionCode.ROLE_DELETE)
    escalation.refuse_changing(own, role)
    needed = PermissionSet(frozenset({PermissionCode.ROLE_ASSIGN}))
    if not own.includes(needed) and members.count_members(session, role.id):
        access.require(session, actor, PermissionCode.ROLE_ASSIGN)
    escalation.refuse_revoking(session, own, matrix, [role])


def _record_deletion(session: DbSession, role: MatrixRole, reason: str, actor: Actor) -> None:
    before = {"name": role.name, "description": role.description, "codes": sorted(role.codes)}
    deleted = Change("role:deleted", before=before)
    save = audit.record_save(session, [(role.target, deleted)], actor=actor, reason=reason)
    taken = Change("role:unassigned", before={"role": role.name})
    for people in _members_of(session, role.id):
        changes = [(person, taken) for person in people]
        audit.record_save(session, changes, actor=actor, reason=reason, save_id=save.id)


def _remove(session: DbSession, role: MatrixRole) -> None:
    try:
        for table in (user_roles, role_permissions):
            session.execute(delete_from(table).where(table.c.role_id == role.id))
        session.execute(delete_from(Role).where(Role.id == role.id))
    except IntegrityError as error:
        message = f"Other tables of the database refer to {role.name}, so it cannot be deleted."
        raise RoleIsReferredTo(message) from error


def _members_of(session: DbSession, role_id: int) -> Iterator[list[Target]]:
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
