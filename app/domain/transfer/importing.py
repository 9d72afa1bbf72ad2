"""The import of a transfer file: a plan first, then one transaction."""

from collections import Counter

from app.domain import access, audit, reviews, roles, settings, users
from app.domain.access import PermissionSet
from app.domain.actor import Actor
from app.domain.settings import wanted
from app.domain.text import checked_reason
from app.domain.transfer.export import TARGET, require
from app.domain.transfer.import_plan import ImportEdit, ImportPlan, plan_of
from app.domain.transfer.transfer_file import TransferFile
from app.models import DbSession

IMPORTED = "transfer:imported"
ALL = PermissionSet(frozenset(), is_all=True)


def compare(session: DbSession, edit: ImportEdit, *, actor: Actor) -> ImportPlan:
    """Return the differences between a file and the database, whoever may change them.

    Args:
        session: The database session; it only reads.
        edit: The file.
        actor: The person or command who asks.

    Raises:
        BeyondOwnPermissions: The actor may not read a part of the file.
    """
    _own(session, edit.file, actor)
    return plan_of(session, edit, ALL, actor=actor)


def review_import(session: DbSession, edit: ImportEdit, *, actor: Actor) -> ImportPlan:
    """Return the plan of an import; see `import_file`.

    Raises:
        BeyondOwnPermissions: The actor may not read a part of the file.
        InvalidValue: The reason is too long.
    """
    own = _own(session, edit.file, actor)
    checked_reason(edit.reason)
    return plan_of(session, edit, own, actor=actor)


def import_file(session: DbSession, edit: ImportEdit, *, actor: Actor) -> ImportPlan:
    """Add and change what a file has and the database has not; what is refused stays as it is.

    Args:
        session: The database session; the caller commits it.
        edit: The file, the reason, and the digest of the reviewed plan.
        actor: The person or command who imports it.

    Returns:
        The plan that was carried out.

    Raises:
        BeyondOwnPermissions: The actor may not read a part of the file.
        ReviewOutdated: Something else would be saved than was reviewed.
        InvalidValue: The reason is too long, or there is none where one is needed.
        LastAdministrator: Nobody would be left to administer the console.
    """
    if edit.file.roles is not None or edit.file.assignments is not None:
        access.serialize_access_changes(session)
    _lock_settings(session, edit.file)
    own = _own(session, edit.file, actor)
    plan = plan_of(session, edit, own, actor=actor, locks=True)
    reviews.hold(edit.reviewed, plan.content)
    if plan.saved:
        _save(session, plan, edit.reason, actor)
    return plan


def _lock_settings(session: DbSession, file: TransferFile) -> None:
    has_rules = any(part.is_rule for part in file.parts)
    if not has_rules and file.settings is None:
        return
    has_relations = settings.take_turns(session)
    if has_rules:
        keys = {entry.key for entry in file.settings or ()}
        keys |= {entry.key for entry in file.rules or ()}
        wanted.lock_rules(session, keys, file.relations or ())
    if not has_relations:
        settings.take_turns_over_new(session)


def _own(session: DbSession, file: TransferFile, actor: Actor) -> PermissionSet:
    own = access.own_permissions(session, actor)
    for part in file.parts:
        require(own, part.needs)
    return own


def _save(session: DbSession, plan: ImportPlan, reason: str, actor: Actor) -> None:
    rules, rules_reason = plan.of_rules, ""
    if rules:
        # Before anything is saved: what asks for a reason may be changed here itself.
        rules_reason = wanted.reason_for_rules(session, rules, reason)
    if plan.settings:
        settings.save_wanted(session, plan.settings, reason, actor=actor)
    if rules:
        wanted.save_rules(session, rules, rules_reason, actor=actor)
    if plan.roles:
        roles.save_wanted(session, plan.roles, reason, actor=actor)
    if plan.assignments:
        users.save_wanted(session, plan.assignments, reason, actor=actor)
    after = Counter(f"{part}: {line.outcome}" for part, line in plan.saved)
    reason = checked_reason(reason)
    audit.record(session, IMPORTED, TARGET, actor=actor, after=after, reason=reason)
