"""Several settings changed at once: reviewed first, then saved all together or not at all."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Select, select

from app.domain import audit
from app.domain.actor import Actor
from app.domain.audit import Change
from app.domain.errors import ChangedMeanwhile, InvalidValue, NotFound, RuleError
from app.domain.settings import editing
from app.domain.settings.editing import SettingEdit
from app.domain.text import checked_reason
from app.models import ApplicationSetting, AuditEvent, DbSession

Edits = Mapping[int, SettingEdit]
Errors = Mapping[int, RuleError]


class BulkRefused(RuleError):
    """One setting at least cannot be changed as the batch says, so none is.

    Attributes:
        errors: What speaks against it, by the id of the setting.
    """

    def __init__(self, sentence: str, errors: Errors) -> None:
        targets = (error.target for error in errors.values())
        super().__init__(sentence, target=next((one for one in targets if one), None))
        self.errors = errors


class BulkReadOnly(BulkRefused):
    """A setting of the batch cannot be changed here."""


class BulkOutdated(BulkRefused, ChangedMeanwhile):
    """A setting of the batch is no longer what the editor saw, or is gone."""


class BulkInvalid(BulkRefused, InvalidValue):
    """What was typed for a setting of the batch is not a value of its data type."""


@dataclass(frozen=True)
class ValueDifference:
    """What a batch would make of one setting."""

    setting_id: int
    key: str
    data_type: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Made:
    """What a save made of one setting."""

    key: str
    before: str | None
    after: str | None

    def is_of(self, key: str) -> bool:
        """Tell whether it was the setting with this key, and not one that had its id before."""
        return self.key == key


def review_many(session: DbSession, edits: Edits) -> list[ValueDifference]:
    """Return what the edits would change, by key; what stays as it is, is left out.

    Raises:
        BatchRefused: `change_many` would refuse the edits.
    """
    found = _found(session, _these(edits))
    lines = [
        _difference(found[setting_id], value)
        for setting_id, value in _accepted(found, edits).items()
        if value != found[setting_id].value
    ]
    return sorted(lines, key=lambda line: line.key)


def change_many(
    session: DbSession, edits: Edits, reason: str = "", *, actor: Actor
) -> list[AuditEvent]:
    """Give several settings new values, all or none, and record who did it.

    Args:
        session: The database session; the caller commits it.
        edits: What was typed, by the id of the setting; the reasons in them are not looked at.
        reason: Why, in the actor's words, for all of them.
        actor: The person or command making the changes.

    Returns:
        The events that record the changes, tied together by the id of the save; none for a setting
        that held the value already.

    Raises:
        BatchReadOnly: A setting is not mutable, a secret, or of an unknown data type.
        BatchOutdated: A setting is no longer what the editor saw, or is gone.
        BatchInvalid: A text is not a value of its setting's data type.
        InvalidValue: The reason is too long.
    """
    found = _locked(session, edits)
    return _put(session, found, _accepted(found, edits), checked_reason(reason), actor)


def undo(session: DbSession, event_id: int, reason: str = "", *, actor: Actor) -> list[AuditEvent]:
    """Give the settings of a save the values that they had before it, all or none.

    Args:
        session: The database session; the caller commits it.
        event_id: One of the events of the save.
        reason: Why, in the actor's words.
        actor: The person who puts them back.

    Returns:
        The events that record it.

    Raises:
        NotFound: The event does not tell of a changed setting.
        BatchRefused: A setting was changed since, is gone, or cannot be changed here any more.
    """
    made = changes_of(session, audit.get(session, event_id))
    locked = _locked(session, made)
    found = {number: locked[number] for number in locked if made[number].is_of(locked[number].key)}
    edits = {
        setting_id: SettingEdit(one.before, _etag_if(found.get(setting_id), one.after))
        for setting_id, one in made.items()
    }
    return _put(session, found, _accepted(found, edits), checked_reason(reason), actor)


def changes_of(session: DbSession, event: AuditEvent | None) -> dict[int, Made]:
    """Return what a save changed, by the id of the setting.

    Raises:
        NotFound: The event does not tell of a changed setting.
    """
    if event is None or event.action != "setting:changed":
        raise NotFound("There is no such change of settings.")
    return {
        one.target_id: Made(
            one.target_name,
            audit.fields_of(one.before)["value"],
            audit.fields_of(one.after)["value"],
        )
        for one in audit.of_save(session, event)
        if one.action == event.action and one.target_id is not None
    }


def _these(ids: Collection[int]) -> Select[ApplicationSetting]:
    query = select(ApplicationSetting).where(ApplicationSetting.id.in_(ids))
    return query.order_by(ApplicationSetting.id)


def _found(session: DbSession, query: Select[ApplicationSetting]) -> dict[int, ApplicationSetting]:
    return {setting.id: setting for setting in session.scalars(query)}


def _locked(session: DbSession, ids: Collection[int]) -> dict[int, ApplicationSetting]:
    # Everybody locks in the order of the ids, so that two who save overlapping batches wait for
    # each other instead of locking each other out. On MySQL this is the first statement of its
    # transaction, and reads what is there now; SQLite has locked the whole file.
    query = _these(ids).with_for_update().execution_options(populate_existing=True)
    return _found(session, query)


def _accepted(found: Mapping[int, ApplicationSetting], edits: Edits) -> dict[int, str | None]:
    accepted: dict[int, str | None] = {}
    errors: dict[int, RuleError] = {}
    for setting_id, edit in sorted(edits.items()):
        try:
            accepted[setting_id] = _one_accepted(found.get(setting_id), edit)
        except RuleError as error:
            errors[setting_id] = error
    if errors:
        raise _refusal(errors)
    return accepted


def _one_accepted(setting: ApplicationSetting | None, edit: SettingEdit) -> str | None:
    if setting is None:
        raise NotFound("This setting was deleted while you were editing it.")
    return editing.accepted(setting, edit)


def _refusal(errors: Errors) -> BulkRefused:
    kinds = {type(error) for error in errors.values()}
    if any(issubclass(kind, editing.SettingIsReadOnly) for kind in kinds):
        return BulkReadOnly("Not all of these settings can be changed here.", errors)
    if any(issubclass(kind, ChangedMeanwhile | NotFound) for kind in kinds):
        sentence = "Somebody else changed settings while you were editing them."
        return BulkOutdated(sentence, errors)
    return BulkInvalid("Not all of the values can be stored.", errors)


def _difference(setting: ApplicationSetting, value: str | None) -> ValueDifference:
    return ValueDifference(setting.id, setting.key, setting.data_type, setting.value, value)


def _etag_if(setting: ApplicationSetting | None, value: str | None) -> str:
    """Return the setting's etag if it still holds the value, else one that nothing has."""
    holds = setting is not None and setting.value == value
    return editing.etag_of(setting) if setting is not None and holds else ""


def _put(
    session: DbSession,
    found: Mapping[int, ApplicationSetting],
    accepted: Mapping[int, str | None],
    reason: str,
    actor: Actor,
) -> list[AuditEvent]:
    changes = []
    for setting_id, value in accepted.items():
        setting = found[setting_id]
        if value != setting.value:
            change = Change("setting:changed", {"value": setting.value}, {"value": value})
            changes.append((editing.target_of(setting), change))
            setting.value = value
    session.flush()
    return audit.record_many(session, changes, actor=actor, reason=reason) if changes else []
