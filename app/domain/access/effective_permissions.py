"""Effective permissions of a user, and the roles that an actor may assign."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    bindparam,
    exists,
    false,
    func,
    not_,
    or_,
    select,
)

from app.domain.access import checks
from app.domain.actor import Actor
from app.domain.text import is_name
from app.models import DbSession, Permission, Role, User, role_permissions, user_roles
from app.models.user import ADMIN

BETWEEN_NAMES = "\n"

_HELD = (
    select(Role.id, Role.name)
    .join(user_roles, user_roles.c.role_id == Role.id)
    .where(user_roles.c.user_id == bindparam("user_id", type_=Integer))
    .subquery()
)
# The names of the roles as one text for each permission: somebody may have all of 300 roles.
_GIVEN = (
    select(
        role_permissions.c.permission_id,
        func.aggregate_strings(_HELD.c.name, BETWEEN_NAMES).label("names"),
    )
    .join(_HELD, _HELD.c.id == role_permissions.c.role_id)
    .group_by(role_permissions.c.permission_id)
    .subquery()
)
_IS_ADMIN = select(func.count()).select_from(_HELD).where(_HELD.c.name == ADMIN).scalar_subquery()
_WITH_ROLES = (
    select(Permission.code, Permission.description, _GIVEN.c.names, _IS_ADMIN)
    .outerjoin(_GIVEN, _GIVEN.c.permission_id == Permission.id)
    .order_by(Permission.code)
)


@dataclass(frozen=True)
class EffectivePermission:
    """A permission, and the roles by which somebody holds it; with none it is not held."""

    code: str
    description: str | None
    roles: tuple[str, ...]


@dataclass(frozen=True)
class AssignableRole:
    """A role, as somebody sees it who may not give or take everything.

    Attributes:
        id: The role's id.
        name: The role's name.
        is_beyond: Whether it grants what the person does not hold.
        grants: Whether it grants the permission that was asked about.
    """

    id: int
    name: str
    is_beyond: bool
    grants: bool


@dataclass(frozen=True)
class Explanation:
    """The answer to whether a user has a permission, and the reason.

    Attributes:
        code: The permission.
        is_known: Whether there is such a permission.
        is_active: Whether the user's account is active; if not, no role helps.
        by: The roles held that grant it.
        others: The roles not held that would grant it.
    """

    code: str
    is_known: bool
    is_active: bool
    by: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def is_yes(self) -> bool:
        """Tell whether the user may."""
        return self.is_active and bool(self.by)

    @property
    def reason(self) -> str:
        """The reason, as a sentence."""
        return checks.reason(self.code, self.by, is_known=self.is_known, is_active=self.is_active)

    @property
    def granting(self) -> str:
        """The end of that sentence, after the names of the roles that grant the permission."""
        return checks.granting(self.code, self.by)


def permissions_of(session: DbSession, user_id: int) -> list[EffectivePermission]:
    """Return every permission, each with the roles that give it to the user."""
    rows = session.connection().execute(_WITH_ROLES, {"user_id": user_id}).all()
    return [
        EffectivePermission(code, description, _names(joined, is_admin=is_admin))
        for code, description, joined, is_admin in map(tuple, rows)
    ]


def _names(joined: str | None, *, is_admin: bool) -> tuple[str, ...]:
    names = set(joined.split(BETWEEN_NAMES) if joined else ())
    return tuple(sorted(names | {ADMIN} if is_admin else names))


def assignable_roles(session: DbSession, actor: Actor, code: str = "") -> list[AssignableRole]:
    """Return all roles, with what the actor's own permissions say to each, in one statement.

    Args:
        session: The database session.
        actor: Who looks.
        code: The permission that is asked about, if one is.
    """
    query = select(
        Role.id,
        Role.name,
        _is_beyond(actor).label("is_beyond"),
        _grants(code).label("grants"),
    ).order_by(Role.name)
    return [
        AssignableRole(row.id, row.name, bool(row.is_beyond), bool(row.grants))
        for row in session.execute(query)
    ]


def explain(
    user: User,
    code: str,
    permissions: Sequence[EffectivePermission],
    every: Sequence[AssignableRole],
) -> Explanation:
    """Answer whether the user may do what a permission allows.

    Args:
        user: The user.
        code: The permission.
        permissions: What `permissions_of` returned for the user.
        every: What `assignable_roles` returned for the permission.
    """
    by = next((one.roles for one in permissions if one.code == code), None)
    return Explanation(
        code=code,
        is_known=by is not None,
        is_active=user.is_active,
        by=by or (),
        others=tuple(role.name for role in every if role.grants and role.name not in (by or ())),
    )


def _is_beyond(actor: Actor) -> ColumnElement[bool]:
    if actor.is_command:
        return false()
    own_roles = select(user_roles.c.role_id).where(user_roles.c.user_id == actor.id)
    administers = exists().where(
        user_roles.c.user_id == actor.id,
        user_roles.c.role_id == select(Role.id).where(Role.name == ADMIN).scalar_subquery(),
    )
    own = select(role_permissions.c.permission_id).where(role_permissions.c.role_id.in_(own_roles))
    if actor.scopes is not None:
        # A token has no more than its scopes, whatever its owner has: see `limited_to`.
        own = select(Permission.id).where(
            Permission.code.in_(actor.scopes), or_(administers, Permission.id.in_(own))
        )
    granted = role_permissions.alias()
    more = (
        exists()
        .where(granted.c.role_id == Role.id, granted.c.permission_id.not_in(own))
        .correlate(Role)
    )
    has_all = administers if actor.scopes is None else false()
    return and_(not_(has_all), or_(Role.name == ADMIN, more))


def _grants(code: str) -> ColumnElement[bool]:
    if not code or not is_name(code):
        return false()
    granted = (
        exists()
        .where(
            role_permissions.c.role_id == Role.id,
            role_permissions.c.permission_id == Permission.id,
            Permission.code == code,
        )
        .correlate(Role)
    )
    # The administrators' role grants whatever permission there is.
    return or_(granted, and_(Role.name == ADMIN, exists().where(Permission.code == code)))
