"""Saves of access that are undone: the roles and the activity of users, the grants of roles."""

from collections.abc import Iterator, Sequence

from app.api.undo.kind import Kind, Undo
from app.domain import access, roles, users
from app.domain.actor import Actor
from app.domain.audit import Change
from app.domain.permissions import PermissionCode
from app.domain.roles import GrantDifference
from app.domain.users import UserUndo
from app.models import DbSession


def _review_of_users(session: DbSession, event_id: int, *, actor: Actor) -> Undo:
    found = users.review_undo(session, event_id, actor=actor)
    reviewed = found.content.text if found.plans else ""
    return Undo("user", list(_of_users(found)), found.left_out, reviewed)


def _of_users(found: UserUndo) -> Iterator[tuple[str, Change]]:
    for plan in found.plans:
        change = users.change_of(plan)
        yield from ((person.username, change) for person in plan.changed)


def _review_of_roles(session: DbSession, event_id: int, *, actor: Actor) -> Undo:
    found = roles.review_undo(session, event_id, actor=actor)
    if found.impact is None:
        return Undo("role", [], found.left_out)
    differences = [row.difference for row in found.impact.roles]
    return Undo("role", list(_of_roles(differences)), found.left_out, found.impact.content.text)


def _of_roles(differences: Sequence[GrantDifference]) -> Iterator[tuple[str, Change]]:
    for row in differences:
        if row.gained:
            yield row.name, Change("permission:granted", after={"codes": list(row.gained)})
        if row.lost:
            yield row.name, Change("permission:revoked", before={"codes": list(row.lost)})


OF_USERS = Kind(
    PermissionCode.USER_READ,
    (PermissionCode.ROLE_ASSIGN, PermissionCode.USER_UPDATE),
    access.serialize_access_changes,
    _review_of_users,
    users.undo,
)


def _review_of_deletion(session: DbSession, event_id: int, *, actor: Actor) -> Undo:
    found = roles.review_restore(session, event_id, actor=actor)
    changes = [] if found.refusal else [(target.name, change) for target, change in found.changes]
    return Undo("role", changes, found.left_out, found.content.text)


OF_DELETED_ROLES = Kind(
    PermissionCode.ROLE_READ,
    (PermissionCode.ROLE_CREATE,),
    access.serialize_access_changes,
    _review_of_deletion,
    roles.restore,
)
OF_ROLES = Kind(
    PermissionCode.ROLE_READ,
    (PermissionCode.ROLE_UPDATE,),
    access.serialize_access_changes,
    _review_of_roles,
    roles.undo,
)
