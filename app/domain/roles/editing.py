"""Create a role, and change its name or description."""

import unicodedata
from dataclasses import dataclass

from sqlalchemy import insert, select

from app.domain import access, audit, etags, validation
from app.domain.actor import Actor
from app.domain.errors import ChangedMeanwhile, InvalidValue, NotFound
from app.domain.permissions import PermissionCode
from app.domain.roles import grants, lookup
from app.domain.roles.grants import RoleIsGuarded
from app.domain.roles.matrix import MatrixRole, read_matrix
from app.domain.roles.templates import TEMPLATES
from app.domain.target import Target
from app.domain.text import checked, checked_line, checked_reason, hold_to_characters
from app.models import DbSession, Permission, Role, role_permissions
from app.models.user import ADMIN

NAME_CHARACTERS = 100
# Lists of names, in the database and in commands, are taken apart at commas.
REFUSED = ","
# Signs that show nothing, or turn what stands beside them around: two names would look alike.
UNSEEN = {"Cf", "Co", "Cn"}

Texts = dict[str, str | None]


class RoleChangedMeanwhile(ChangedMeanwhile):
    """The role is no longer what the editor saw."""

    def __init__(self, role: Role | MatrixRole) -> None:
        super().__init__(
            f"The role {role.name} was changed by somebody else while you were editing."
        )


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
    access.serialize_access_changes(session)
    own = access.require(session, actor, PermissionCode.ROLE_CREATE)
    passed = validation.all_of(
        name=lambda: _free_name(session, new.name),
        description=lambda: _checked_description(new.description),
        granted=lambda: _template_of(session, new),
        reason=lambda: checked_reason(new.reason),
    )
    name, granted, reason = passed["name"], passed["granted"], passed["reason"]
    role = Role(name=name, description=passed["description"])
    codes = sorted(granted)
    grants.refuse_granting_beyond(own, codes, Target("role", name), "template")
    session.add(role)
    session.flush()
    if granted:
        rows = [{"role_id": role.id, "permission_id": number} for number in granted.values()]
        session.execute(insert(role_permissions), rows)
    after = {"name": name, "description": role.description, "codes": codes}
    target = Target.of_role(role)
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
    access.serialize_access_changes(session)
    role = locked(session, role_id)
    if edit.etag != etag_of(role):
        raise RoleChangedMeanwhile(role)
    passed = validation.all_of(
        name=lambda: _new_name(session, role, edit.name),
        description=lambda: _checked_description(edit.description),
        reason=lambda: checked_reason(edit.reason),
    )
    name, description = passed["name"], passed["description"]
    before, after = _texts(role.name, role.description), _texts(name, description)
    if before != after:
        _refuse_changing(session, role, actor)
        role.name, role.description = name, description
        _record_change(session, role, before, after, passed["reason"], actor)
        session.flush()
    return role


def locked(session: DbSession, role_id: int) -> Role:
    """Return the role, which is going to be changed, with its row locked.

    Raises:
        NotFound: There is no such role.
    """
    role = session.get(Role, role_id, populate_existing=True, with_for_update=True)
    if role is None:
        raise NotFound("There is no such role.")
    return role


def etag_of(role: Role) -> str:
    """Return the digest of a role's name and description that an edit is checked against."""
    return etags.of([role.name, role.description])


def _new_name(session: DbSession, role: Role, text: str) -> str:
    if text.strip().lower() == role.name:
        return role.name
    if lookup.is_guarded(role):
        sentence = f"{role.name} is a system role. It keeps its name."
        raise RoleIsGuarded(sentence, target=Target.of_role(role))
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
        matrix = read_matrix(session)
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


def _refuse_changing(session: DbSession, role: Role, actor: Actor) -> None:
    own = access.require(session, actor, PermissionCode.ROLE_UPDATE)
    grants.refuse_role_beyond(own, read_matrix(session).role(role.id))


def _texts(name: str, description: str | None) -> Texts:
    return {"name": name, "description": description}


def _record_change(
    session: DbSession, role: Role, before: Texts, after: Texts, reason: str, actor: Actor
) -> None:
    changed = {field for field, text in after.items() if text != before[field]}
    audit.record(
        session,
        "role:renamed" if "name" in changed else "role:changed",
        Target.of_role(role),
        actor=actor,
        before={field: before[field] for field in changed},
        after={field: after[field] for field in changed},
        reason=reason,
    )
