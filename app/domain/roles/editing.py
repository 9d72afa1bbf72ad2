"""Rename and describe roles."""

from dataclasses import dataclass

from app.domain import access, audit, etags, validation
from app.domain.actor import Actor
from app.domain.errors import ChangedMeanwhile, NotFound
from app.domain.permissions import PermissionCode
from app.domain.roles import escalation, names
from app.domain.roles.lookup import SystemRoleProtected, is_system_role, named
from app.domain.roles.matrix import MatrixRole, read_matrix
from app.domain.target import Target
from app.domain.text import checked_reason
from app.models import DbSession, Role
from app.models.spelling import folded

RENAMED, DESCRIBED = EDITED = "role:renamed", "role:changed"
Texts = dict[str, str | None]


class RoleChangedMeanwhile(ChangedMeanwhile):
    """The role has changed since the editor loaded it."""

    def __init__(self, role: Role | MatrixRole) -> None:
        super().__init__(
            f"The role {role.name} was changed by somebody else while you were editing."
        )


@dataclass(frozen=True)
class RoleEdit:
    """The new name and description of a role, its etag in the editor, and the reason."""

    name: str
    description: str
    etag: str
    reason: str = ""


def change(session: DbSession, role_id: int, edit: RoleEdit, *, actor: Actor) -> Role:
    """Rename or describe a role, and record the change.

    Args:
        session: The database session; the caller commits it.
        role_id: The role.
        edit: The new texts, and the etag of the role in the editor.
        actor: The person or command that makes the change.

    Returns:
        The role. Without a difference nothing is recorded.

    Raises:
        NotFound: The role does not exist.
        RoleChangedMeanwhile: The role has changed since the editor loaded it.
        SystemRoleProtected: A system role keeps its name.
        InvalidValue: The name breaks the rules for names or is taken, or a text is too long.
        BeyondOwnPermissions: The actor may not change roles, or not this one.
    """
    access.serialize_access_changes(session)
    role = load_for_update(session, role_id)
    if edit.etag != etag_of(role):
        raise RoleChangedMeanwhile(role)
    passed = validation.all_of(
        name=lambda: _new_name(session, role, edit.name),
        description=lambda: names.checked_description(edit.description),
        reason=lambda: checked_reason(edit.reason),
    )
    name, description = passed["name"], passed["description"]
    before, after = _texts(role.name, role.description), _texts(name, description)
    if before != after:
        _refuse_changing(session, role, actor)
        role.description = description
        if name != role.name:
            role.name = name
        _record_change(session, role, before, after, passed["reason"], actor)
        session.flush()
    return role


def load_for_update(session: DbSession, role_id: int) -> Role:
    """Return the role, with its row locked until the end of the transaction.

    Raises:
        NotFound: The role does not exist.
    """
    role = session.get(Role, role_id, populate_existing=True, with_for_update=True)
    if role is None:
        raise NotFound("This role does not exist.")
    return role


def lock_named(session: DbSession, name: str) -> Role:
    """Return a role that is about to be changed, by its name.

    It is the first statement of its transaction, and the role stays locked until the end of it.

    Raises:
        NotFound: The role does not exist.
    """
    access.serialize_access_changes(session)
    return load_for_update(session, named(session, name).id)


def etag_of(role: Role) -> str:
    """Return the digest of the name and description of a role."""
    return etags.of([role.name, role.description])


def _new_name(session: DbSession, role: Role, text: str) -> str:
    # Another program may have stored the name in a spelling of its own, which stays.
    if folded(text) == folded(role.name):
        return role.name
    if is_system_role(role):
        message = f"{role.name} is a system role. It keeps its name."
        raise SystemRoleProtected(message, target=Target.of_role(role))
    return names.free_name(session, text, role.id)


def _refuse_changing(session: DbSession, role: Role, actor: Actor) -> None:
    own = access.require(session, actor, PermissionCode.ROLE_UPDATE)
    escalation.refuse_changing(own, read_matrix(session).role(role.id))


def _texts(name: str, description: str | None) -> Texts:
    return {"name": name, "description": description}


def _record_change(
    session: DbSession, role: Role, before: Texts, after: Texts, reason: str, actor: Actor
) -> None:
    changed = {field for field, text in after.items() if text != before[field]}
    audit.record(
        session,
        RENAMED if "name" in changed else DESCRIBED,
        Target.of_role(role),
        actor=actor,
        before={field: before[field] for field in changed},
        after={field: after[field] for field in changed},
        reason=reason,
    )
