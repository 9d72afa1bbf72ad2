"""Roles: what each grants, who holds it, and how both are changed."""

from app.domain.roles.editing import (
    NewRole,
    RoleChangedMeanwhile,
    RoleEdit,
    change,
    create,
    etag_of,
)
from app.domain.roles.grants import (
    Edits,
    GrantEdit,
    GrantsChangedMeanwhile,
    GrantsEdit,
    RoleIsGuarded,
    change_grants,
    grants_etag,
    review_grants,
)
from app.domain.roles.impact import GrantDifference
from app.domain.roles.lifecycle import delete, deletion_etag, review_deletion
from app.domain.roles.lookup import (
    RoleChoice,
    all_names,
    choices,
    describe_permissions,
    get,
    granting,
    held_and_wanted,
    is_guarded,
    named,
    permission,
    refuse_missing,
    with_ids,
)
from app.domain.roles.matrix import Matrix, MatrixRole, PermissionRow, read_matrix
from app.domain.roles.matrix_filter import DIFFER, MatrixFilter, matching
from app.domain.roles.members import (
    count_members,
    count_with_permission,
    member_counts,
    members_page,
    roles_of,
    with_permission,
)
from app.domain.roles.templates import TEMPLATES

__all__ = [
    "DIFFER",
    "TEMPLATES",
    "Edits",
    "GrantDifference",
    "GrantEdit",
    "GrantsChangedMeanwhile",
    "GrantsEdit",
    "Matrix",
    "MatrixFilter",
    "MatrixRole",
    "NewRole",
    "PermissionRow",
    "RoleChangedMeanwhile",
    "RoleChoice",
    "RoleEdit",
    "RoleIsGuarded",
    "all_names",
    "change",
    "change_grants",
    "choices",
    "count_members",
    "count_with_permission",
    "create",
    "delete",
    "deletion_etag",
    "describe_permissions",
    "etag_of",
    "get",
    "granting",
    "grants_etag",
    "held_and_wanted",
    "is_guarded",
    "matching",
    "member_counts",
    "members_page",
    "named",
    "permission",
    "read_matrix",
    "refuse_missing",
    "review_deletion",
    "review_grants",
    "roles_of",
    "with_ids",
    "with_permission",
]
