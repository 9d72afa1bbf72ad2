"""Users: create, edit, list and delete them, and assign their roles, singly or in bulk."""

from app.domain.users.assignments import (
    AssignmentChangedMeanwhile,
    AssignmentEdit,
    assign_role,
    review_roles,
    roles_etag,
    set_roles,
    unassign_role,
)
from app.domain.users.bulk import SelectionChangedMeanwhile, change_many, change_of, review_many
from app.domain.users.bulk_edit import BulkAction, BulkEdit, BulkOutcome, Selection
from app.domain.users.bulk_plan import BulkPerson, BulkPlan
from app.domain.users.creation import (
    NewUser,
    add,
    check_new,
    create,
    create_service_account,
    create_without_link,
    record_creation,
    register,
)
from app.domain.users.editing import (
    Profile,
    ProfileChangedMeanwhile,
    ProfileEdit,
    change,
    profile_etag,
    profile_of,
)
from app.domain.users.export import (
    EXPORT_TARGET,
    EXPORTED,
    count_for_export,
    export_batch,
    export_file,
    export_matches,
)
from app.domain.users.held_roles import HeldRoles, held_roles
from app.domain.users.lifecycle import (
    HasNoPassword,
    UserChangedMeanwhile,
    UserIsReferredTo,
    access_content,
    activate,
    deactivate,
    delete,
    deletion_etag,
    end_sessions,
    start_reset,
)
from app.domain.users.listing import (
    SORTS,
    Matches,
    list_page,
    matches,
    names_of,
    role_names,
)
from app.domain.users.lookalikes import groups as lookalikes
from app.domain.users.lookalikes import of as looks_like
from app.domain.users.lookalikes import of_mixed_scripts
from app.domain.users.lookup import find, get, lock_named, named, sign_ins
from app.domain.users.name_copy import (
    copy_after,
    copy_uncopied,
    count_uncopied,
    count_wrong_copies,
)
from app.domain.users.name_list import (
    MOST_NAMES,
    ListedName,
    ListedPerson,
    NameList,
    by_name,
    ids_named,
    look_up,
)
from app.domain.users.name_search import NameSearch, SearchMode
from app.domain.users.names import checked_bio, checked_email, checked_full_name, checked_username
from app.domain.users.offboarding import Offboarding, offboard, review_offboarding
from app.domain.users.sign_in_time import CHOICES as SIGN_IN_TIMES
from app.domain.users.tokens import (
    NewToken,
    TokenRefused,
    create_token,
    owner_of_token,
    revoke_token,
)
from app.domain.users.undo import INVERSE as UNDOABLE
from app.domain.users.undo import UserUndo, review_undo, undo
from app.domain.users.user_filter import STATUSES, UserFilter
from app.domain.users.wanted_roles import (
    AssignmentsPlan,
    WantedRoles,
    plan_wanted,
    save_wanted,
)

__all__ = [
    "EXPORTED",
    "EXPORT_TARGET",
    "MOST_NAMES",
    "SIGN_IN_TIMES",
    "SORTS",
    "STATUSES",
    "UNDOABLE",
    "AssignmentChangedMeanwhile",
    "AssignmentEdit",
    "AssignmentsPlan",
    "BulkAction",
    "BulkEdit",
    "BulkOutcome",
    "BulkPerson",
    "BulkPlan",
    "HasNoPassword",
    "HeldRoles",
    "ListedName",
    "ListedPerson",
    "Matches",
    "NameList",
    "NameSearch",
    "NewToken",
    "NewUser",
    "Offboarding",
    "Profile",
    "ProfileChangedMeanwhile",
    "ProfileEdit",
    "SearchMode",
    "Selection",
    "SelectionChangedMeanwhile",
    "TokenRefused",
    "UserChangedMeanwhile",
    "UserFilter",
    "UserIsReferredTo",
    "UserUndo",
    "WantedRoles",
    "access_content",
    "activate",
    "add",
    "assign_role",
    "by_name",
    "change",
    "change_many",
    "change_of",
    "check_new",
    "checked_bio",
    "checked_email",
    "checked_full_name",
    "checked_username",
    "copy_after",
    "copy_uncopied",
    "count_for_export",
    "count_uncopied",
    "count_wrong_copies",
    "create",
    "create_service_account",
    "create_token",
    "create_without_link",
    "deactivate",
    "delete",
    "deletion_etag",
    "end_sessions",
    "export_batch",
    "export_file",
    "export_matches",
    "find",
    "get",
    "held_roles",
    "ids_named",
    "list_page",
    "lock_named",
    "look_up",
    "lookalikes",
    "looks_like",
    "matches",
    "named",
    "names_of",
    "of_mixed_scripts",
    "offboard",
    "owner_of_token",
    "plan_wanted",
    "profile_etag",
    "profile_of",
    "record_creation",
    "register",
    "review_many",
    "review_offboarding",
    "review_roles",
    "review_undo",
    "revoke_token",
    "role_names",
    "roles_etag",
    "save_wanted",
    "set_roles",
    "sign_ins",
    "start_reset",
    "unassign_role",
    "undo",
]
