"""The edit of a bulk change: an action, and the users that are selected for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from app.domain.errors import InvalidValue
from app.domain.permissions import PermissionCode
from app.domain.users import listing
from app.domain.users.user_filter import UserFilter
from app.models import DbSession, User
from app.models.base import HIGHEST_ID

MOST = 10_000


class BulkAction(StrEnum):
    """A change that can be made to many users at once."""

    ASSIGN = "assign"
    UNASSIGN = "unassign"
    ACTIVATE = "activate"
    DEACTIVATE = "deactivate"

    @property
    def needs(self) -> PermissionCode:
        """The permission that the action needs."""
        return PermissionCode.ROLE_ASSIGN if self.takes_role else PermissionCode.USER_UPDATE

    @property
    def takes_role(self) -> bool:
        """Tell whether the action is about a role."""
        return self in {BulkAction.ASSIGN, BulkAction.UNASSIGN}

    @property
    def takes_away(self) -> bool:
        """Tell whether the action takes access away."""
        return self in {BulkAction.UNASSIGN, BulkAction.DEACTIVATE}


class BulkOutcome(StrEnum):
    """The outcome of a bulk change for one user."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    EXCEEDS_ACTOR = "exceeds actor"
    LAST_ADMINISTRATOR = "last administrator"

    def reason(self, action: BulkAction) -> str:
        """Return the reason to skip users in the action; "" where they are changed."""
        match self:
            case BulkOutcome.CHANGED:
                return ""
            case BulkOutcome.UNCHANGED:
                return UNCHANGED[action]
            case BulkOutcome.EXCEEDS_ACTOR:
                return "Have permissions that you do not have"
            case BulkOutcome.LAST_ADMINISTRATOR:
                return "Last administrator of the console"


UNCHANGED = {
    BulkAction.ASSIGN: "Already have the role",
    BulkAction.UNASSIGN: "Do not have the role",
    BulkAction.ACTIVATE: "Already active",
    BulkAction.DEACTIVATE: "Already inactive",
}


@dataclass(frozen=True)
class Selection:
    """Users selected by their ids or, with a filter, all who match it."""

    user_ids: frozenset[int] = frozenset()
    filters: UserFilter | None = None


@dataclass(frozen=True)
class BulkEdit:
    """A change of many users, and the review that it is checked against.

    Attributes:
        action: The action.
        selection: The users.
        role: The name of the role, if the action is about one.
        etag: The digest of the users that were reviewed.
        count: Their number.
        reason: The actor's reason.
        reviewed: The reviewed outcome; see `reviews.hold`.
        undoes: The id of the event that the change undoes, if it undoes one.
    """

    action: BulkAction
    selection: Selection
    role: str = ""
    etag: str = ""
    count: int = 0
    reason: str = ""
    reviewed: str | None = None
    undoes: int | None = None


def selected_ids(session: DbSession, selection: Selection) -> Sequence[int]:
    """Return the ids of the selected users, sorted.

    Raises:
        InvalidValue: No user or too many users are selected.
    """
    query = select(User.id)
    if selection.filters is None:
        possible = [user_id for user_id in selection.user_ids if 0 < user_id <= HIGHEST_ID]
        query = query.where(User.id.in_(possible[: MOST + 1]))
    else:
        names = listing.names_of(session, selection.filters)
        query = listing.matching(query, selection.filters, names)
    user_ids = session.scalars(query.limit(MOST + 1)).all()
    if not user_ids:
        raise InvalidValue("Select at least one user, or choose “All who match”.")
    if len(user_ids) > MOST:
        raise InvalidValue(
            f"More than {MOST:,} users match. At most {MOST:,} can be changed at once; "
            "narrow the filter."
        )
    return sorted(user_ids)
