"""The export of settings, rules, roles and assignments as a transfer file, without secrets."""

from collections.abc import Collection

from app.domain import access, roles, settings, users
from app.domain.access import PermissionSet
from app.domain.actor import Actor
from app.domain.errors import BeyondOwnPermissions, InvalidValue
from app.domain.roles import MatrixRole
from app.domain.settings import SettingLine, wanted
from app.domain.target import Target
from app.domain.transfer.transfer_file import (
    AssignmentEntry,
    Part,
    RoleEntry,
    SettingEntry,
    TransferFile,
)
from app.models import DbSession

EXPORTED = "transfer:exported"
TARGET = Target("list", "settings, roles and assignments")


def export(session: DbSession, parts: Collection[Part], *, actor: Actor) -> TransferFile:
    """Return these parts as they are stored; of secrets only whether they are set.

    Args:
        session: The database session; it only reads.
        parts: The parts, at least one.
        actor: The person or command who exports them.

    Raises:
        InvalidValue: No part was chosen.
        BeyondOwnPermissions: The actor may not read one of the parts.
    """
    if not parts:
        raise InvalidValue("Choose at least one part to export.", field="parts")
    own = access.own_permissions(session, actor)
    for part in parts:
        require(own, part.needs)
    rules = wanted.wanted_rules(session) if any(part.is_rule for part in parts) else None
    return TransferFile(
        settings=_settings(session) if Part.SETTINGS in parts else None,
        rules=rules.rules if rules and Part.RULES in parts else None,
        relations=rules.relations if rules and Part.RELATIONS in parts else None,
        categories=rules.categories if rules and Part.CATEGORIES in parts else None,
        roles=_roles(session) if Part.ROLES in parts else None,
        assignments=_assignments(session) if Part.ASSIGNMENTS in parts else None,
    )


def require(own: PermissionSet, code: str) -> None:
    """Refuse an actor without the permission.

    Raises:
        BeyondOwnPermissions: It is not among their own.
    """
    if not own.includes(PermissionSet(frozenset({code}))):
        raise BeyondOwnPermissions(f"You need the permission {code} for this.")


def setting_entry(line: SettingLine) -> SettingEntry:
    """Return a stored setting as the file has it; a value that holds a password is a secret."""
    is_secret = line.is_secret or not settings.is_whole(line.value)
    return SettingEntry(
        key=line.key,
        value=None if is_secret else line.value,
        has_value=not is_secret,
        data_type=line.data_type,
        category=line.category or None,
        description=line.description,
        is_mutable=line.is_mutable,
        is_secret=is_secret,
        is_set=line.is_set,
    )


def role_entry(role: MatrixRole) -> RoleEntry:
    """Return a stored role as the file has it."""
    return RoleEntry(role.name, None if role.grants_all else role.codes, role.description)


def _settings(session: DbSession) -> list[SettingEntry]:
    # No file can name what another program has given no key.
    return [setting_entry(line) for line in settings.read_all(session) if line.key]


def _roles(session: DbSession) -> list[RoleEntry]:
    return [role_entry(role) for role in roles.read_matrix(session).roles]


def _assignments(session: DbSession) -> list[AssignmentEntry]:
    held = users.held_roles(session)
    return [AssignmentEntry(user.username, user.roles) for user in held]
