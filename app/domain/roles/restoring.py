"""Restore a deleted role with its permissions and its members, as far as they still exist."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from app.domain import access, audit, reviews
from app.domain.access import PermissionSet
from app.domain.actor import Actor
from app.domain.audit import GONE, Change, LeftOut
from app.domain.confirmation import UNREVIEWED, Confirmation
from app.domain.errors import InvalidValue, NotFound
from app.domain.permissions import PermissionCode
from app.domain.phrases import counted
from app.domain.reviews import ReviewContent
from app.domain.roles import names
from app.domain.roles.matrix import Matrix, read_matrix
from app.domain.target import Target
from app.domain.text import checked_reason
from app.models import (
    AuditEvent,
    DbSession,
    Permission,
    Role,
    User,
    role_permissions,
    user_roles,
)

DELETED = "role:deleted"
AT_ONCE = 1000


@dataclass(frozen=True)
class RoleRestore:
    """A deleted role as it would be restored.

    Attributes:
        event: The event that records the deletion.
        name: The name.
        description: The description.
        granted: The IDs of the permissions by their codes.
        members: The users who get it again.
        left_out: The permissions and members that do not come back, each with the reason.
        refusal: What keeps the role from being restored at all; None if nothing does.
    """

    event: AuditEvent
    name: str
    description: str | None
    granted: Mapping[str, int]
    members: Sequence[Target]
    left_out: Sequence[LeftOut]
    refusal: InvalidValue | None

    @property
    def changes(self) -> list[tuple[Target, Change]]:
        """The changes that are recorded."""
        fields = {"name": self.name, "description": self.description}
        created = Change("role:created", after={**fields, "codes": sorted(self.granted)})
        assigned = Change("role:assigned", after={"role": self.name})
        return [
            (Target("role", self.name), created),
            *((person, assigned) for person in self.members),
        ]

    @property
    def content(self) -> ReviewContent:
        """The content of the review."""
        ids = [person.id for person in self.members if person.id]
        parts = {
            "members": reviews.rows_of("Members", User, ids),
            "permissions": reviews.rows_of("Permissions", Permission, list(self.granted.values())),
        }
        left_out = [list(part) for part in self.left_out]
        return ReviewContent([self.name, self.description, left_out], parts)


def is_deletion(session: DbSession, event_id: int) -> bool:
    """Tell whether an event records the deletion of a role."""
    event = audit.get(session, event_id)
    return event is not None and event.action == DELETED


def review_restore(session: DbSession, event_id: int, *, actor: Actor) -> RoleRestore:
    """Return what of a deleted role would be restored, and what not.

    Raises:
        NotFound: The event is not the deletion of a role.
        BeyondOwnPermissions: The actor may not create roles.
    """
    event = audit.get(session, event_id)
    fields = audit.fields_of(event.before) if event and event.action == DELETED else {}
    if event is None or not (isinstance(fields.get("name"), str) and "codes" in fields):
        raise NotFound("This change does not exist.")
    own, matrix = access.require(session, actor, PermissionCode.ROLE_CREATE), read_matrix(session)
    granted, beyond = _grants(matrix, own, fields["codes"])
    members, absent = _members(session, event, matrix, own)
    return RoleRestore(
        event,
        fields["name"],
        fields.get("description"),
        granted,
        members,
        [*beyond, *absent],
        _refusal(session, fields["name"]),
    )


def restore(
    session: DbSession, event_id: int, typed: Confirmation = UNREVIEWED, *, actor: Actor
) -> Role:
    """Create a deleted role again, with its permissions and members, as one save.

    Args:
        session: The database session; the caller commits it.
        event_id: The event that records the deletion.
        typed: The reason, and the reviewed content.
        actor: The person or command that restores it.

    Raises:
        NotFound: The event is not the deletion of a role.
        BeyondOwnPermissions: The actor may not create roles.
        ReviewOutdated: Other permissions or members would come back than were reviewed.
        InvalidValue: Another role has the name or one like it, or the reason is too long.
    """
    access.serialize_access_changes(session)
    found = review_restore(session, event_id, actor=actor)
    if found.refusal:
        raise found.refusal
    reason = checked_reason(typed.reason)
    reviews.hold(typed.reviewed, found.content)
    role = Role(name=found.name, description=found.description)
    session.add(role)
    session.flush()
    _give_back(session, role, found)
    (_, created), *assigned = found.changes
    changes = [(Target.of_role(role), created), *assigned]
    undoing = [(target, change.undoing(event_id)) for target, change in changes]
    audit.record_save(session, undoing, actor=actor, reason=reason)
    return role


def _refusal(session: DbSession, name: str) -> InvalidValue | None:
    try:
        names.free_name(session, name)
    except InvalidValue as refusal:
        return InvalidValue(str(refusal))
    return None


def _grants(
    matrix: Matrix, own: PermissionSet, codes: Sequence[Any]
) -> tuple[dict[str, int], list[LeftOut]]:
    ids = {code: id_ for id_, code in matrix.codes.items()}
    granted, left_out = {}, []
    for code in sorted(map(str, codes)):
        if code not in ids:
            left_out.append(LeftOut(code, GONE))
        elif not own.includes(PermissionSet(frozenset({code}))):
            left_out.append(LeftOut(code, "You do not have it, so you cannot grant it"))
        else:
            granted[code] = ids[code]
    return granted, left_out


def _members(
    session: DbSession, event: AuditEvent, matrix: Matrix, own: PermissionSet
) -> tuple[list[Target], list[LeftOut]]:
    removed = {
        change.target_id: change.target_name
        for change in audit.of_save(session, event)
        if change.action == "role:unassigned" and change.target_id is not None
    }
    code = PermissionCode.ROLE_ASSIGN
    if removed and not own.includes(PermissionSet(frozenset({code}))):
        reason = f"You need the permission {code} for this"
        return [], [LeftOut(counted(len(removed), "member"), reason)]
    members, left_out = [], []
    beyond = [
        role.id
        for role in matrix.roles
        if not own.includes(PermissionSet(role.codes, is_all=role.grants_all))
    ]
    for ids in _chunks(sorted(removed)):
        present = _present(session, event, ids)
        exceeding = _with_one_of(session, ids, beyond)
        for user_id in ids:
            if user_id not in present:
                left_out.append(LeftOut(removed[user_id], GONE))
            elif user_id in exceeding:
                left_out.append(LeftOut(present[user_id], "Has permissions that you do not have"))
            else:
                members.append(Target("user", present[user_id], user_id))
    return members, left_out


def _present(session: DbSession, event: AuditEvent, ids: Sequence[int]) -> dict[int, str]:
    """Return the names of those users who still exist; IDs are given again."""
    query = select(User.id, User.username).where(User.id.in_(ids), User.created_at <= event.at)
    return {row.id: row.username for row in session.execute(query)}


def _with_one_of(session: DbSession, user_ids: Sequence[int], role_ids: Sequence[int]) -> set[int]:
    if not role_ids:
        return set()
    query = select(user_roles.c.user_id).where(
        user_roles.c.user_id.in_(user_ids), user_roles.c.role_id.in_(role_ids)
    )
    return set(session.scalars(query))


def _give_back(session: DbSession, role: Role, found: RoleRestore) -> None:
    if found.granted:
        grants = [{"role_id": role.id, "permission_id": id_} for id_ in found.granted.values()]
        session.execute(insert(role_permissions), grants)
    for ids in _chunks([person.id for person in found.members if person.id]):
        holders = access.holders_of(session, access.ROLES, ids)
        access.record_access_from_outside(session, access.ROLES, holders)
        rows = [{"user_id": user_id, "role_id": role.id} for user_id in ids]
        session.execute(insert(user_roles), rows)


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
