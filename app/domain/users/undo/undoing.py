"""Undo a save of users: reviewed, then saved as one, without what cannot be undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain import access, audit, reviews
from app.domain.access import LastAdministrator
from app.domain.actor import Actor
from app.domain.audit import LeftOut, NothingToUndo
from app.domain.confirmation import Confirmation
from app.domain.reviews import ReviewContent
from app.domain.text import checked_reason
from app.domain.users import bulk, bulk_plan
from app.domain.users.bulk_plan import PEOPLE, BulkPerson, BulkPlan, People
from app.domain.users.undo import plans
from app.domain.users.undo.judging import judged
from app.domain.users.undo.plans import AccessEffect
from app.domain.users.undo.steps import SaveToUndo, read_save
from app.models import AuditEvent, DbSession, User


@dataclass(frozen=True)
class UserUndo:
    """The effect of undoing a save.

    Attributes:
        event: The event that was chosen; its save is undone.
        plans: The changes, each with the users whom it changes; none if nothing is left to undo.
        left_out: The roles and users that are left out, each with the reason.
        deletions: The IDs of the events of roles that were deleted since, by their names.
        person: The user, if the save changed one alone and they still exist.
        effect: The permissions that users gain and lose.
    """

    event: AuditEvent
    plans: Sequence[BulkPlan]
    left_out: Sequence[LeftOut]
    deletions: Mapping[str, int]
    person: BulkPerson | None
    effect: AccessEffect

    @property
    def changed(self) -> list[BulkPerson]:
        """The users whom it changes, each once, by name."""
        people = {person.id: person for plan in self.plans for person in plan.changed}
        return sorted(people.values(), key=lambda person: (person.username, person.id))

    @property
    def takes_away(self) -> list[int]:
        """The ids of the users who lose a role or can no longer sign in."""
        losing = (plan for plan in self.plans if plan.action.takes_away)
        return [person.id for plan in losing for person in plan.changed]

    @property
    def content(self) -> ReviewContent:
        """The content of the review."""
        kinds = [
            [plan.action, plan.role, [person.username for person in plan.changed]]
            for plan in self.plans
        ]
        ids = [person.id for person in self.changed]
        parts = {"changed": reviews.rows_of("Users to be changed", User, ids), **self.effect.parts}
        return ReviewContent([kinds, [list(part) for part in self.left_out]], parts)


def review_undo(session: DbSession, event_id: int, *, actor: Actor) -> UserUndo:
    """Return what undoing a save would change, and what it would leave out.

    Raises:
        NotFound: The event is not such a change.
        BeyondOwnPermissions: The actor may make no part of the opposite change.
        LastAdministrator: Nothing is left but to take the role from the last administrator.
    """
    return _planned(session, read_save(session, event_id), PEOPLE, actor)


def undo(
    session: DbSession, event_id: int, confirmation: Confirmation, *, actor: Actor
) -> UserUndo:
    """Undo what a save did to the roles of users and to their accounts, as one save.

    What has changed since, or is not the actor's to change, stays as it is: the review names it.

    Args:
        session: The database session; the caller commits it.
        event_id: One of the events of the save.
        confirmation: The reason, and the reviewed outcome.
        actor: The person who undoes it.

    Raises:
        NotFound: The event is not such a change.
        NothingToUndo: The changes no longer stand.
        ReviewOutdated: The outcome differs from what was reviewed.
        InvalidValue: The reason is too long.
        BeyondOwnPermissions: The actor may make no part of the opposite change.
        LastAdministrator: Nobody else can administer the console.
    """
    access.serialize_access_changes(session)
    found = _planned(session, read_save(session, event_id), PEOPLE.with_for_update(), actor)
    if not found.plans:
        raise NothingToUndo
    reason = checked_reason(confirmation.reason)
    reviews.hold(confirmation.reviewed or "", found.content)
    changes = [
        (bulk.target_of(person), bulk.change_of(plan).undoing(event_id))
        for plan in found.plans
        for person in plan.changed
    ]
    bulk.carry_out(session, found.plans)
    audit.record_save(session, changes, actor=actor, reason=reason)
    if found.takes_away and not access.is_administrator_left(session):
        raise LastAdministrator("Nobody would be left to administer the console.")
    return found


def _planned(session: DbSession, save: SaveToUndo, people: People, actor: Actor) -> UserUndo:
    # Ids are given again: a user who is younger than the event is another one.
    people = people.where(User.created_at <= save.event.at)
    persons = bulk_plan.read_people(session, people, save.user_ids)
    judge = judged(session, save, persons, actor)
    if judge.refusals and not judge.taken:
        raise judge.refusals[0]
    person = persons[0] if persons and len(save.user_ids) == 1 else None
    made = plans.plans_of(save, judge)
    effect = plans.effect_of(judge, made, person)
    return UserUndo(save.event, made, judge.left_out, save.deletions, person, effect)
