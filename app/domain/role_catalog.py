"""Which roles there are: a new one, one that gets another name or description, one that goes."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import delete as delete_from
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app.domain import access, audit, etags, grants, holders, roles
from app.domain.access import Holdings
from app.domain.actor import Actor
from app.domain.audit import Change, Target
from app.domain.errors import ChangedMeanwhile, InvalidValue, NotFound, RuleError
from app.domain.grants import RoleIsGuarded
from app.domain.holders import Consequence, Difference
from app.domain.permissions import PermissionCode
from app.domain.roles import Matrix, MatrixRole
from app.domain.text import checked, checked_line, checked_reason, hold_to_characters
from app.models import DbSession, Permission, Role, User, role_permissions, user_roles
from app.models.user import ADMIN

NAME_CHARACTERS = 100
# Lists of names, in the database and in commands, are taken apart at commas.
REFUSED = ","
# Signs that show nothing, or turn what stands beside them around: two names would look alike.
UNSEEN = {"Cf", "Co", "Cn"}
EVENTS_AT_ONCE = 1000


class RoleChangedMeanwhile(ChangedMeanwhile):
    """The role is no longer what the editor saw."""

    def __init__(self, role: Role) -> None:
        super().__init__(
            f"The role {role.name} was changed by somebody else while you were editing."
        )


class RoleIsReferredTo(RuleError):
    """Rows of another program refer to the role, which therefore cannot be deleted."""


@dataclass(frozen=True)
class Template:
    """A role that is often needed: what it is called, what it is for, what it grants."""

    title: str
    description: str
    codes: frozenset[str]


TEMPLATES = {
    "settings-operator": Template(
        "Settings operator",
        "Reads and changes settings.",
        frozenset({PermissionCode.SETTINGS_READ, PermissionCode.SETTINGS_UPDATE}),
    ),
    "helpdesk": Template(
        "Helpdesk",
        "Creates users, assigns roles and helps with passwords.",
        frozenset(
            {
                PermissionCode.USER_CREATE,
                PermissionCode.USER_READ,
                PermissionCode.USER_UPDATE,
                PermissionCode.ROLE_READ,
                PermissionCode.ROLE_ASSIGN,
                PermissionCode.DOCUMENT_CREATE,
                PermissionCode.DOCUMENT_READ,
                PermissionCode.DOCUMENT_UPDATE,
            }
        ),
    ),
    "auditor": Template(
        "Auditor",
        "Reads settings, users, roles and what was changed.",
        frozenset(
            {
                PermissionCode.SETTINGS_READ,
                PermissionCode.USER_READ,
                PermissionCode.ROLE_READ,
                PermissionCode.AUDIT_READ,
            }
        ),
    ),
}


@dataclass(frozen=True)
class NewRole:
    """A role as typed: it starts from a template, as a clone of a role, or from nothing."""

    name: str
    description: str = ""
    template: str | None = None
    clone_of: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class RoleEdit:
    """The name and description as typed, the etag they were typed against, the reason."""

    name: str
    description: str
    etag: str
    reason: str = ""


@dataclass(frozen=True)
class Deletion:
    """The name as typed to confirm, the etag of what was shown, the reason."""

    name: str
    etag: str
    reason: str = ""


def create(session: DbSession, new: NewRole, *, actor: Actor) -> Role:
    """Add a role with what its template grants, and record who did it.

    Args:
        session: The database session; the caller commits it.
        new: What was typed.
        actor: The person or command adding it.

    Raises:
        InvalidValue: The name breaks the rules for names or is taken, there is no such template, or
            a text is too long.
        BeyondOwnPermissions: The actor may not create roles, or does not hold what the template
            grants.
    """
    access.take_turn(session)
    access.refuse_without(session, actor, PermissionCode.ROLE_CREATE)
    name, reason = _free_name(session, new.name), checked_reason(new.reason)
    role = Role(name=name, description=_checked_description(new.description))
    granted = _template_of(session, new)
    own = access.own_holdings(session, actor)
    codes = sorted(granted)
    grants.refuse_granting_beyond(own, codes, Target("role", name), "template")
    session.add(role)
    session.flush()
    if granted:
        rows = [{"role_id": role.id, "permission_id": number} for number in granted.values()]
        session.execute(insert(role_permissions), rows)
    after = {"name": name, "description": role.description, "codes": codes}
    target = roles.target_of(role)
    audit.record(session, "role:created", target, actor=actor, after=after, reason=reason)
    return role


def change(session: DbSession, role_id: int, edit: RoleEdit, *, actor: Actor) -> Role:
    """Give a role another name or description, and record who did it.

    Args:
        session: The database session; the caller commits it.
        role_id: The role.
        edit: What was typed, and the etag it was typed against.
        actor: The person or command making the change.

    Returns:
        The role; nothing is recorded when nothing was changed.

    Raises:
        NotFound: There is no such role.
        RoleChangedMeanwhile: The role is no longer what the editor saw.
        RoleIsGuarded: A system role keeps its name.
        InvalidValue: The name breaks the rules for names or is taken, or a text is too long.
        BeyondOwnPermissions: The actor may not change roles, or not this one.
    """
    access.take_turn(session)
    role = _locked(session, role_id)
    if edit.etag != etag_of(role):
        raise RoleChangedMeanwhile(role)
    before = {"name": role.name, "description": role.description}
    after = {
        "name": _new_name(session, role, edit.name),
        "description": _checked_description(edit.description),
    }
    reason = checked_reason(edit.reason)
    if before == after:
        return role
    _refuse_changing(session, role, PermissionCode.ROLE_UPDATE, actor)
    role.name, role.description = after["name"] or "", after["description"]
    is_renamed = before["name"] != after["name"]
    audit.record(
        session,
        "role:renamed" if is_renamed else "role:changed",
        roles.target_of(role),
        actor=actor,
        before={field: text for field, text in before.items() if text != after[field]},
        after={field: text for field, text in after.items() if text != before[field]},
        reason=reason,
    )
    session.flush()
    return role


def review_deletion(session: DbSession, role_id: int) -> Consequence:
    """Return who would lose what if the role were deleted.

    Raises:
        NotFound: There is no such role.
    """
    matrix = roles.matrix(session)
    role = matrix.role(role_id)
    before = matrix.granted
    after = {number: codes for number, codes in before.items() if number != role_id}
    difference = Difference(role.id, role.name, lost=tuple(sorted(before[role_id])))
    [found] = holders.consequences(session, [difference], before, after)
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
    access.take_turn(session)
    role = _locked(session, role_id)
    matrix = roles.matrix(session)
    _refuse_guarded(role)
    reason = checked_reason(typed.reason)
    if typed.etag != deletion_etag_of(matrix.role(role_id)):
        raise RoleChangedMeanwhile(role)
    if typed.name.strip().lower() != role.name:
        raise InvalidValue(f"Type the name, {role.name}, to confirm.", field="name")
    _refuse_deleting(session, matrix, matrix.role(role_id), actor)
    _record_deletion(session, matrix.role(role_id), reason, actor)
    name = role.name
    _remove(session, role)
    return name


def is_guarded(role: Role | MatrixRole) -> bool:
    """Tell whether the role came with the console: it keeps its name, and stays."""
    return role.is_system or role.name == ADMIN


def etag_of(role: Role) -> str:
    """Return the digest of a role's name and description that an edit is checked against."""
    return etags.of([role.name, role.description])


def deletion_etag_of(role: MatrixRole) -> str:
    """Return the digest of a role, and what it grants, that a deletion is checked against."""
    return etags.of([role.name, role.description, sorted(role.permission_ids)])


def _locked(session: DbSession, role_id: int) -> Role:
    role = session.get(Role, role_id, populate_existing=True, with_for_update=True)
    if role is None:
        raise NotFound("There is no such role.")
    return role


def _new_name(session: DbSession, role: Role, text: str) -> str:
    if text.strip().lower() == role.name:
        return role.name
    if is_guarded(role):
        sentence = f"{role.name} is a system role. It keeps its name."
        raise RoleIsGuarded(sentence, target=roles.target_of(role))
    return _free_name(session, text)


def _free_name(session: DbSession, text: str) -> str:
    name = _checked_name(text)
    # To MySQL a name with blanks after it is the same name, but names have none there.
    if session.scalars(select(Role.id).where(Role.name == name)).first() is not None:
        raise InvalidValue(f"There is a role named {name} already.", field="name")
    if name == ADMIN:
        message = f"The name {ADMIN} is kept for the role that grants every permission."
        raise InvalidValue(message, field="name")
    return name


def _checked_name(text: str) -> str:
    name = checked_line(text, field="name", what="The name").lower().strip()
    if not name:
        raise InvalidValue("The name is empty. Type one.", field="name")
    hold_to_characters(name, field="name", what="The name", limit=NAME_CHARACTERS)
    if any(sign in REFUSED or unicodedata.category(sign) in UNSEEN for sign in name):
        message = "The name holds a comma, or a sign that cannot be seen. Take it out."
        raise InvalidValue(message, field="name")
    return name


def _checked_description(text: str) -> str | None:
    return checked(text, field="description", what="The description").strip() or None


def _template_of(session: DbSession, new: NewRole) -> dict[str, int]:
    """The codes that the new role starts with, and the ids of the permissions."""
    query = select(Permission.code, Permission.id)
    if new.clone_of is not None:
        matrix = roles.matrix(session)
        if new.clone_of not in matrix.by_id:
            raise InvalidValue("There is no such role to clone any more.", field="template")
        codes = matrix.granted[new.clone_of]
    elif new.template is not None:
        if new.template not in TEMPLATES:
            raise InvalidValue("There is no such template.", field="template")
        codes = TEMPLATES[new.template].codes
    else:
        return {}
    rows = session.execute(query.where(Permission.code.in_(codes)))
    return {row.code: row.id for row in rows}


def _refuse_changing(session: DbSession, role: Role, code: PermissionCode, actor: Actor) -> None:
    access.refuse_without(session, actor, code)
    own = access.own_holdings(session, actor)
    grants.refuse_role_beyond(own, roles.matrix(session).role(role.id))


def _refuse_guarded(role: Role) -> None:
    if is_guarded(role):
        sentence = f"{role.name} is a system role. It cannot be deleted."
        raise RoleIsGuarded(sentence, target=roles.target_of(role))


def _refuse_deleting(session: DbSession, matrix: Matrix, role: MatrixRole, actor: Actor) -> None:
    access.refuse_without(session, actor, PermissionCode.ROLE_DELETE)
    own = access.own_holdings(session, actor)
    grants.refuse_role_beyond(own, role)
    needed = Holdings(frozenset({PermissionCode.ROLE_ASSIGN}))
    if not own.covers(needed) and holders.count(session, role.id):
        access.refuse_without(session, actor, PermissionCode.ROLE_ASSIGN)
    grants.refuse_taking_beyond(session, own, matrix, [role])


def _record_deletion(session: DbSession, role: MatrixRole, reason: str, actor: Actor) -> None:
    before = {"name": role.name, "description": role.description, "codes": sorted(role.codes)}
    deleted = Change("role:deleted", before=before)
    save_id = audit.record_each(session, [(role.target, deleted)], actor=actor, reason=reason)
    taken = Change("role:unassigned", before={"role": role.name})
    for people in _holders_of(session, role.id):
        some = [(person, taken) for person in people]
        audit.record_each(session, some, actor=actor, reason=reason, save_id=save_id)


def _remove(session: DbSession, role: Role) -> None:
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
