"""The filter of the list of users, and its conditions other than that on the names."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, ScalarSelect, false, select

from app.domain import filter_words
from app.domain.authentication import api_tokens
from app.domain.errors import InvalidValue
from app.domain.text import hold_filters, is_name
from app.domain.users import sign_in_time
from app.models import Role, ServiceAccount, User, user_roles

STATUSES = ("active", "inactive", "unverified")
PERSON, SERVICE = "person", "service"
KINDS = (PERSON, SERVICE)


@dataclass(frozen=True)
class UserFilter:
    """The filters of the list; an empty one matches all users.

    Attributes:
        q: The beginning, or any part, of a name, or beginnings of words; see `NameSearch`.
        role: The name of a role as `filter_words` has it; its ``WITHOUT`` for users without a role.
        status: ``active``, ``inactive`` or ``unverified``.
        signed_in: One of the choices of `sign_in_time`.
        kind: ``person``, or ``service`` for service accounts.
    """

    q: str = ""
    role: str = ""
    status: str = ""
    signed_in: str = ""
    kind: str = ""

    def __post_init__(self) -> None:
        """Refuse a text that no name fits: filters are carried through URLs."""
        hold_filters(self)


def check(filters: UserFilter) -> None:
    """Refuse a status, a time of the last sign-in or a kind that there is not.

    Raises:
        InvalidValue: One of them is not valid.
    """
    if filters.status and filters.status not in STATUSES:
        raise InvalidValue("Users cannot be filtered by that status.", field="status")
    if filters.signed_in and filters.signed_in not in sign_in_time.CHOICES:
        raise InvalidValue("Users cannot be filtered by that time.", field="signed_in")
    if filters.kind and filters.kind not in KINDS:
        raise InvalidValue("Users cannot be filtered by that kind.", field="kind")


def is_storable(filters: UserFilter) -> bool:
    """Tell whether the texts of the filter are such that a name may have."""
    return is_name(filters.q) and is_name(filters.role)


def conditions(filters: UserFilter) -> list[ColumnElement[bool]]:
    """Return the conditions other than that on the names."""
    if not is_storable(filters):
        return [false()]
    conditions = []
    if filters.role:
        conditions.append(_has_role(filters.role))
    if filters.status:
        conditions.append(_has_status(filters.status))
    if filters.signed_in:
        conditions.append(sign_in_time.condition(filters.signed_in))
    if filters.kind == SERVICE:
        conditions.append(User.id.in_(select(ServiceAccount.user_id)))
    elif filters.kind:
        conditions.append(~api_tokens.IS_SERVICE)
    return conditions


def conditions_in_order(filters: UserFilter) -> list[ColumnElement[bool]]:
    """Return these conditions for users that are read in an order, one after the other.

    Without EXISTS or IN, for which databases would find all members first.
    """
    if not is_storable(filters):
        return [false()]
    conditions = []
    if filters.role:
        conditions.append(_is_seen_to_have(filters.role))
    if filters.status:
        conditions.append(_has_status(filters.status))
    if filters.signed_in:
        conditions.append(sign_in_time.condition_in_order(filters.signed_in))
    if filters.kind:
        marks = select(ServiceAccount.id).where(ServiceAccount.user_id == User.id).limit(1)
        mark = marks.scalar_subquery()
        conditions.append(mark.is_not(None) if filters.kind == SERVICE else mark.is_(None))
    return conditions


def _has_role(role: str) -> ColumnElement[bool]:
    name = filter_words.meant(role)
    members = select(user_roles.c.user_id).where(user_roles.c.role_id == _id_of(name))
    return User.id.in_(members) if name else ~User.roles.any()


def _is_seen_to_have(role: str) -> ColumnElement[bool]:
    held = select(user_roles.c.role_id).where(user_roles.c.user_id == User.id).limit(1)
    name = filter_words.meant(role)
    if not name:
        return held.scalar_subquery().is_(None)
    return held.where(user_roles.c.role_id == _id_of(name)).scalar_subquery().is_not(None)


def _id_of(name: str) -> ScalarSelect[int]:
    return select(Role.id).where(Role.name == name).scalar_subquery()


def _has_status(status: str) -> ColumnElement[bool]:
    conditions: dict[str, ColumnElement[bool]] = {
        "active": User.is_active.is_(True),
        "inactive": User.is_active.is_(False),
        "unverified": User.is_verified.is_(False),
    }
    return conditions[status]
