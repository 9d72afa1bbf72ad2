"""Roles, their permissions and their members."""

from app.domain.roles.editing import (
    RoleChangedMeanwhile,
    RoleEdit,
    change,
    etag_of,
    lock_named,
)
from app.domain.roles.grant_edit import (
    Edits,
    GrantEdit,
    GrantsChangedMeanwhile,
    GrantsEdit,
    grants_etag,
)
from app.domain.roles.grants import change_grants, review_grants
from app.domain.roles.impact import GrantDifference
from app.domain.roles.lifecycle import NewRole, create, delete, deletion_etag, review_deletion
from app.domain.roles.lookup import (
    RoleChoice,
    SystemRoleProtected,
    all_names,
    before_and_after,
    choices,
    codes_of,
    describe_permissions,
    get,
    granting,
    held_by,
    ids_named,
    is_system_role,
    named,
    permission,
    refuse_missing,
    with_ids,
)
from app.domain.roles.matrix import Matrix, MatrixRole, PermissionRow, Rows, read_matrix
from app.domain.roles.matrix_filter import DIFFER, MatrixFilter, matching
from app.domain.roles.members import (
    count_members,
    count_with_permission,
    member_counts,
    members_page,
    roles_of,
    with_permission,
)
from app.domain.roles.names import lookalikes
from app.domain.roles.templates import TEMPLATES
from app.domain.roles.undo import GrantsUndo, review_undo, undo
from app.domain.roles.wanted import RolesPlan, WantedRole, plan_wanted, save_wanted

__all__ = [
    "DIFFER",
    "TEMPLATES",
    "Edits",
    "GrantDifference",
    "GrantEdit",
    "GrantsChangedMeanwhile",
    "GrantsEdit",
    "GrantsUndo",
    "Matrix",
    "MatrixFilter",
    "MatrixRole",
    "NewRole",
    "PermissionRow",
    "RoleChangedMeanwhile",
    "RoleChoice",
    "RoleEdit",
    "RolesPlan",
    "Rows",
    "SystemRoleProtected",
    "WantedRole",
    "all_names",
    "before_and_after",
    "change",
    "change_grants",
    "choices",
    "codes_of",
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
    "held_by",
    "ids_named",
    "is_system_role",
    "lock_named",
    "lookalikes",
    "matching",
    "member_counts",
    "members_page",
    "named",
    "permission",
    "plan_wanted",
    "read_matrix",
    "refuse_missing",
    "review_deletion",
    "review_grants",
    "review_undo",
    "roles_of",
    "save_wanted",
    "undo",
    "with_ids",
    "with_permission",
]
