"""Rules against escalation: nobody changes more than their own permissions allow."""

from collections.abc import Collection, Sequence

from app.domain.access import PermissionSet
from app.domain.errors import BeyondOwnPermissions
from app.domain.roles import members
from app.domain.roles.matrix import Matrix, MatrixRole
from app.domain.target import Target
from app.models import DbSession


def refuse_changing(own: PermissionSet, role: MatrixRole) -> None:
    """Refuse to change a role with permissions that the actor does not have.

    Raises:
        BeyondOwnPermissions: The role has such permissions.
    """
    if not own.includes(PermissionSet(role.codes, is_all=role.grants_all)):
        raise BeyondOwnPermissions(
            f"The role {role.name} grants permissions that you do not have, "
            "so you cannot change it.",
            target=role.target,
        )


def refuse_granting(
    own: PermissionSet, codes: Collection[str], target: Target, field: str | None = None
) -> None:
    """Refuse to grant permissions that the actor does not have.

    Raises:
        BeyondOwnPermissions: The message names the permissions.
    """
    missing = [] if own.is_all else sorted(set(codes) - own.codes)
    if missing:
        raise BeyondOwnPermissions(
            f"You do not have {', '.join(missing)}, so you cannot grant it.",
            field=field,
            target=target,
        )


def refuse_revoking(
    session: DbSession, own: PermissionSet, matrix: Matrix, losing: Sequence[MatrixRole]
) -> None:
    """Refuse to take permissions from users with permissions that the actor does not have.

    Raises:
        BeyondOwnPermissions: One of the roles has such a member.
    """
    role_ids = [
        role.id
        for role in matrix.roles
        if not own.includes(PermissionSet(role.codes, is_all=role.grants_all))
    ]
    if not losing or not role_ids:
        return
    if members.share_a_member(session, [role.id for role in losing], role_ids):
        names = " or ".join(role.name for role in losing)
        raise BeyondOwnPermissions(
            f"Somebody with the role {names} has permissions that you do not have, "
            "so you cannot take anything from them.",
            target=losing[0].target,
        )
