"""Categories whose settings need a reason for each change."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from app.domain import audit, etags
from app.domain.actor import Actor
from app.domain.audit import Change
from app.domain.errors import ChangedMeanwhile, NotFound
from app.domain.settings.value_rules import checks
from app.domain.target import Target
from app.models import ApplicationSetting, AuditEvent, CategoryRule, DbSession

CHANGED = "category:flagged"
WITHOUT = "settings without a category"


class FlagsChangedMeanwhile(ChangedMeanwhile):
    """Other categories need a reason than when the page was shown."""

    def __init__(self) -> None:
        super().__init__("The categories that need a reason were changed meanwhile.")


@dataclass(frozen=True)
class FlagsEdit:
    """The categories that are to need a reason; "" is that of settings without one.

    Attributes:
        categories: Their names.
        etag: The etag of the flags as they were shown.
        reason: The actor's reason.
    """

    categories: Collection[str]
    etag: str
    reason: str = ""


def category_flags(session: DbSession, *, locks: bool = False) -> dict[str, bool]:
    """Return all categories, and whether they need a reason, by name; "" comes last.

    Args:
        session: The database session.
        locks: Whether the flags are locked until the transaction ends.
    """
    if locks:
        _locked(session)
    used = session.scalars(select(ApplicationSetting.category).distinct())
    flagged = _flagged(session)
    names = {*(name or "" for name in used), *flagged}
    return {name: name in flagged for name in sorted(names, key=lambda name: (not name, name))}


def flags_etag(flagged: dict[str, bool]) -> str:
    """Return the digest of the categories that need a reason."""
    return etags.of(sorted(name for name, is_flagged in flagged.items() if is_flagged))


def change_flags(session: DbSession, edit: FlagsEdit, *, actor: Actor) -> list[AuditEvent]:
    """Say which categories need a reason, and record who did it.

    Args:
        session: The database session; the caller commits it.
        edit: The categories, and the etag of the flags as they were shown.
        actor: The person or command making the change.

    Returns:
        The events that record it, one for each category that changed.

    Raises:
        FlagsChangedMeanwhile: They have changed since they were shown.
        InvalidValue: A category needs no reason from now on, and there is none; or it is too long.
    """
    rows = _locked(session)
    present = category_flags(session)
    if edit.etag != flags_etag(present):
        raise FlagsChangedMeanwhile
    changed = [name for name, was in present.items() if (name in edit.categories) != was]
    cleared = [f"the category {name}" if name else WITHOUT for name in changed if present[name]]
    reason = checks.reason_for(edit.reason, cleared)
    for name in changed:
        row = rows.get(name)
        if row is None:
            row = CategoryRule(category=name)
            session.add(row)
        row.requires_reason = name in edit.categories
    session.flush()
    if not changed:
        return []
    changes = [
        (Target("category", name or WITHOUT), _change(is_flagged=name in edit.categories))
        for name in changed
    ]
    save = audit.record_save(session, changes, actor=actor, reason=reason)
    return audit.events_of(session, save)


def earlier_flags(session: DbSession, event_id: int) -> tuple[AuditEvent, dict[str, bool]]:
    """Return an event of a flag, and whether the categories of its save needed a reason before.

    Raises:
        NotFound: The event is not such a change.
    """
    event = audit.get(session, event_id)
    if event is None or event.action != CHANGED:
        raise NotFound("This change does not exist.")
    flags = {
        "" if each.target_name == WITHOUT else each.target_name: bool(
            audit.fields_of(each.before).get("requires_reason")
        )
        for each in audit.of_save(session, event)
        if each.action == CHANGED
    }
    return event, flags


def _change(*, is_flagged: bool) -> Change:
    before, after = {"requires_reason": not is_flagged}, {"requires_reason": is_flagged}
    return Change(CHANGED, before, after)


def _flagged(session: DbSession) -> set[str]:
    query = select(CategoryRule.category).where(CategoryRule.requires_reason)
    return set(session.scalars(query))


def _locked(session: DbSession) -> dict[str, CategoryRule]:
    query = select(CategoryRule).order_by(CategoryRule.id).with_for_update()
    return {row.category: row for row in session.scalars(query)}
