"""The plan of a bulk change: the selected users, and the outcome for each of them.

Users are read and judged in chunks: one user takes as many statements as a thousand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Select, select

from app.domain import access, etags, roles
from app.domain.access import PermissionSet, RoleGrants
from app.domain.actor import Actor
from app.domain.errors import InvalidValue
from app.domain.reviews import ReviewContent, rows_of
from app.domain.users import bulk_edit
from app.domain.users.bulk_edit import BulkAction, BulkEdit, BulkOutcome
from app.models import DbSession, Permission, Role, User, user_roles
from app.models.user import ADMIN

CHUNK = 1_000

People = Select[int, str, str | None, bool]

PEOPLE: People = select(User.id, User.username, User.full_name, User.is_active)


class BulkPerson(NamedTuple):
    """A selected user."""

    id: int
    username: str
    full_name: str | None
    is_active: bool

    @property
    def display_name(self) -> str:
        """The full name, else the user name."""
        return self.full_name or self.username


@dataclass(frozen=True)
class BulkPlan:
    """The outcome of a bulk change for each selected user.

    Attributes:
        action: The action.
        role: The name of the role, if the action is about one.
        granting: The role, or the roles of the users who are activated or deactivated.
        codes: The permissions that these roles grant.
        outcomes: The users with each outcome, sorted by user name.
        etag: The digest of all users.
        count: Their number.
    """

    action: BulkAction
    role: str
    granting: Sequence[RoleGrants]
    codes: tuple[str, ...]
    outcomes: Mapping[BulkOutcome, Sequence[BulkPerson]]
    etag: str
    count: int

    @property
    def changed(self) -> Sequence[BulkPerson]:
        """The users who are changed."""
        return self.outcomes[BulkOutcome.CHANGED]

    @property
    def skipped(self) -> list[tuple[BulkOutcome, Sequence[BulkPerson]]]:
        """The users who are skipped, by the reason."""
        others = (outcome for outcome in BulkOutcome if outcome is not BulkOutcome.CHANGED)
        return [(outcome, self.outcomes[outcome]) for outcome in others if self.outcomes[outcome]]

    @property
    def content(self) -> ReviewContent:
        """The content of the review."""
        ids = {outcome: [person.id for person in self.outcomes[outcome]] for outcome in BulkOutcome}
        parts = {
            "changed": rows_of("Users to be changed", User, ids.pop(BulkOutcome.CHANGED)),
            "roles": rows_of("Roles", Role, [role.id for role in self.granting]),
            "permissions": rows_of("Permissions", Permission, _permission_ids(self.granting)),
        }
        skipped = [sorted(row_ids) for row_ids in ids.values()]
        names = [[person.username for person in self.changed], self.role, skipped]
        return ReviewContent(names, parts)


@dataclass(frozen=True)
class _Assignments:
    """The roles of the selected users, as far as they decide the outcome.

    Attributes:
        pairs: Pairs of a user id and a role id.
        exceeding: The roles that grant permissions that the actor does not have.
        role_id: The role that is assigned or removed; 0 for none.
    """

    pairs: frozenset[tuple[int, int]]
    exceeding: frozenset[int]
    role_id: int

    def exceeds_actor(self, person: BulkPerson) -> bool:
        return any((person.id, role_id) in self.pairs for role_id in self.exceeding)

    def needs_no_change(self, person: BulkPerson, action: BulkAction) -> bool:
        has_role = (person.id, self.role_id) in self.pairs
        match action:
            case BulkAction.ASSIGN:
                return has_role
            case BulkAction.UNASSIGN:
                return not has_role
            case BulkAction.ACTIVATE:
                return person.is_active
            case BulkAction.DEACTIVATE:
                return not person.is_active


def plan_of(session: DbSession, edit: BulkEdit, people: People, *, actor: Actor) -> BulkPlan:
    """Decide the outcome for each selected user.

    Args:
        session: The database session.
        edit: The action and the selection.
        people: `PEOPLE`, with locks if the users are going to be changed.
        actor: The person or command making the change.

    Raises:
        BeyondOwnPermissions: The actor may not make the change, or the role grants permissions that
            they do not have.
        NotFound: The role does not exist.
        InvalidValue: No user or too many users are selected.
    """
    own = access.require(session, actor, edit.action.needs)
    role = _role(session, edit, own)
    user_ids = bulk_edit.selected_ids(session, edit.selection)
    selected = read_people(session, people, user_ids)
    outcomes = _judge(selected, edit.action, _assignments(session, user_ids, role, actor))
    if edit.action is BulkAction.DEACTIVATE or (
        edit.action is BulkAction.UNASSIGN and role and role.name == ADMIN
    ):
        _spare_last_administrator(session, outcomes, actor)
    granting = _granting(session, role, outcomes[BulkOutcome.CHANGED])
    return BulkPlan(
        action=edit.action,
        role=role.name if role else "",
        granting=granting,
        codes=roles.codes_of(session, _permission_ids(granting)),
        outcomes=outcomes,
        etag=etags.of(sorted(person.id for person in selected)),
        count=len(selected),
    )


def _role(session: DbSession, edit: BulkEdit, own: PermissionSet) -> Role | None:
    if not edit.action.takes_role:
        return None
    if not edit.role:
        raise InvalidValue("Choose a role to assign.", field="role")
    role = roles.named(session, edit.role)
    if edit.action is BulkAction.ASSIGN:
        access.refuse_escalation(session, own, None, [role])
    return role


def _granting(
    session: DbSession, role: Role | None, changed: Sequence[BulkPerson]
) -> list[RoleGrants]:
    if role:
        return [RoleGrants(role.id, role.name, frozenset(row.id for row in role.permissions))]
    found = [
        held
        for chunk in chunks([person.id for person in changed])
        for held in roles.held_by(session, chunk)
    ]
    return sorted(set(found))


def _permission_ids(granting: Sequence[RoleGrants]) -> frozenset[int]:
    return frozenset().union(*(role.permission_ids for role in granting))


def chunks(user_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Return the ids in chunks, each for one statement."""
    return (user_ids[start : start + CHUNK] for start in range(0, len(user_ids), CHUNK))


def read_people(session: DbSession, people: People, user_ids: Sequence[int]) -> list[BulkPerson]:
    """Return users by their ids, sorted by name; ``people`` is `PEOPLE`, with locks or without."""
    # Locked in the order of their ids, so that two programs never wait for each other.
    queries = (people.where(User.id.in_(chunk)).order_by(User.id) for chunk in chunks(user_ids))
    selected = [BulkPerson(*row) for query in queries for row in session.execute(query)]
    return sorted(selected, key=lambda person: (person.username, person.id))


def _assignments(
    session: DbSession, user_ids: Sequence[int], role: Role | None, actor: Actor
) -> _Assignments:
    choices = access.assignable_roles(session, actor)
    exceeding = frozenset(choice.id for choice in choices if choice.is_beyond)
    role_ids = exceeding | {choice.id for choice in choices if choice.name == ADMIN}
    role_ids |= {role.id} if role else set()
    pairs: set[tuple[int, int]] = set()
    for chunk in chunks(user_ids):
        query = select(user_roles.c.user_id, user_roles.c.role_id).where(
            user_roles.c.user_id.in_(chunk), user_roles.c.role_id.in_(role_ids)
        )
        pairs.update((row.user_id, row.role_id) for row in session.execute(query))
    return _Assignments(frozenset(pairs), exceeding, role.id if role else 0)


def _judge(
    people: Sequence[BulkPerson], action: BulkAction, assignments: _Assignments
) -> dict[BulkOutcome, list[BulkPerson]]:
    outcomes: dict[BulkOutcome, list[BulkPerson]] = {outcome: [] for outcome in BulkOutcome}
    for person in people:
        if assignments.needs_no_change(person, action):
            outcomes[BulkOutcome.UNCHANGED].append(person)
        elif assignments.exceeds_actor(person):
            outcomes[BulkOutcome.EXCEEDS_ACTOR].append(person)
        else:
            outcomes[BulkOutcome.CHANGED].append(person)
    return outcomes


def _spare_last_administrator(
    session: DbSession, outcomes: dict[BulkOutcome, list[BulkPerson]], actor: Actor
) -> None:
    administrators = access.administrators(session)
    changed = outcomes[BulkOutcome.CHANGED]
    losing = [person for person in changed if person.id in administrators]
    if not losing or len(losing) < len(administrators):
        return
    # The actor rather than another, so that they can undo the change.
    spared = next((person for person in losing if person.id == actor.id), losing[-1])
    changed.remove(spared)
    outcomes[BulkOutcome.LAST_ADMINISTRATOR].append(spared)
