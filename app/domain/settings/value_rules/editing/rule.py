"""Review, change and remove the rule of one setting."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.domain import audit, etags, reviews
from app.domain.actor import Actor
from app.domain.errors import ChangedMeanwhile, NotFound
from app.domain.reviews import ReviewContent
from app.domain.settings import lookup
from app.domain.settings.value_rules import checks
from app.domain.settings.value_rules.editing import present_values, typed_rules
from app.domain.settings.value_rules.editing.present_values import BrokenValue
from app.domain.settings.value_rules.editing.typed_rules import TypedRule
from app.domain.settings.value_rules.rules import NO_RULE, RuleSeverity, ValueRule
from app.domain.target import Target
from app.domain.text import is_name
from app.models import ApplicationSetting, AuditEvent, DbSession, SettingRule

CHANGED = "setting:rule-changed"


class RuleChangedMeanwhile(ChangedMeanwhile):
    """The rule has changed since it was shown."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The rule of {key} was changed while you were editing it.")


@dataclass(frozen=True)
class RuleEdit:
    """A new rule as typed.

    Attributes:
        typed: The rule.
        etag: The etag of the rule that it was typed against.
        reason: The actor's reason.
        reviewed: What the review showed; None for a command.
    """

    typed: TypedRule
    etag: str
    reason: str = ""
    reviewed: str | None = None


@dataclass(frozen=True)
class RuleReview:
    """A rule before and after an edit, and the present value if it breaks the new one.

    Attributes:
        needing_reason: The key, if the stored rule or the category asks for a reason.
    """

    key: str
    before: ValueRule
    after: ValueRule
    broken: list[BrokenValue]
    needing_reason: list[str]

    @property
    def is_empty(self) -> bool:
        """Tell whether the edit changes nothing."""
        return self.before == self.after

    @property
    def content(self) -> ReviewContent:
        """The content of the page of the review."""
        broken = [[one.key, one.value, one.sentence] for one in self.broken]
        return ReviewContent([self.key, list(self.before), list(self.after), broken], {})


def own_rule(session: DbSession, key: str) -> ValueRule:
    """Return the rule of a setting itself, without what its category asks for."""
    return _rule_of(_row(session, key), key)


def rule_etag(rule: ValueRule) -> str:
    """Return the digest of what an editor of the rule sees."""
    return etags.of(list(rule[:4]))


def review_rule(session: DbSession, setting_id: int, edit: RuleEdit, *, actor: Actor) -> RuleReview:
    """Return what an edit would change, and the present value if it breaks the new rule.

    Args:
        session: The database session; it only reads.
        setting_id: The setting.
        edit: The rule as typed.
        actor: The person or command who asks; unused, as every review is called alike.

    Raises:
        NotFound: The setting does not exist.
        RuleChangedMeanwhile: The rule has changed since it was shown.
        InvalidValue: A field of the rule is not valid.
    """
    del actor
    setting = lookup.get(session, setting_id)
    return _review(session, setting, _row(session, setting.key), edit)


def change_rule(
    session: DbSession, setting_id: int, edit: RuleEdit, *, actor: Actor
) -> AuditEvent | None:
    """Give a setting another rule, and record who did it; stored values stay as they are.

    Args:
        session: The database session; the caller commits it.
        setting_id: The setting.
        edit: The rule as typed; one that asks for nothing removes the rule.
        actor: The person or command making the change.

    Returns:
        The event that records it; None, with nothing recorded, if the rule is the same.

    Raises:
        NotFound: The setting does not exist.
        RuleChangedMeanwhile: The rule has changed since it was shown.
        ReviewOutdated: Another value than the reviewed one breaks the rule.
        InvalidValue: A field of the rule is not valid, or there is no reason where one is needed,
            or it is too long.
    """
    # Who saves a value of the setting waits for this lock, and reads the rule behind it.
    setting = lookup.load_for_update(session, setting_id)
    row = _row(session, setting.key, locks=True)
    review = _review(session, setting, row, edit)
    if review.is_empty:
        return None
    reviews.hold(edit.reviewed, review.content)
    reason = checks.reason_for(edit.reason, review.needing_reason)
    target = Target.of_setting(setting)
    return _put(session, row, target, review.after, reason, actor)


def remove_rule(session: DbSession, key: str, reason: str, *, actor: Actor) -> AuditEvent | None:
    """Remove the rule of a key, whether it has a setting or not, and record who did it.

    Args:
        session: The database session; the caller commits it.
        key: The key.
        reason: Why, in the actor's words.
        actor: The person or command removing it.

    Returns:
        The event that records it; None, with nothing recorded, if there is no rule.

    Raises:
        InvalidValue: There is no reason where one is needed, or it is too long.
    """
    row = _row(session, key, locks=True)
    if _rule_of(row, key) == NO_RULE:
        return None
    query = select(ApplicationSetting.id).where(ApplicationSetting.key == key)
    target = Target("setting", key, session.scalars(query).first())
    reason = checks.reason_for(reason, checks.needing_reason(session, [key]))
    return _put(session, row, target, NO_RULE, reason, actor)


def earlier_rule(
    session: DbSession, setting_id: int, event_id: int
) -> tuple[AuditEvent, ValueRule]:
    """Return an event of the rule of a setting, and the rule with what the event changed undone.

    Raises:
        NotFound: The event is not a change of this rule.
    """
    event, setting = audit.get(session, event_id), lookup.get(session, setting_id)
    is_of_rule = event is not None and event.action == CHANGED
    if event is None or not is_of_rule or event.target_name != setting.key:
        raise NotFound("This change does not exist.")
    fields = rule_fields(own_rule(session, setting.key)) | audit.fields_of(event.before)
    is_warning = fields["severity"] == RuleSeverity.WARN
    schema, unit = (str(fields[name] or "") for name in ("schema", "unit"))
    return event, ValueRule(schema, unit, is_warning, bool(fields["requires_reason"]))


def _review(
    session: DbSession, setting: ApplicationSetting, row: SettingRule | None, edit: RuleEdit
) -> RuleReview:
    before = _rule_of(row, setting.key)
    if edit.etag != rule_etag(before):
        raise RuleChangedMeanwhile(setting.key)
    after = typed_rules.checked_rule(edit.typed, setting.data_type, before.schema)
    broken = present_values.broken_by_rule(setting, after)
    needing = checks.needing_reason(session, [setting.key])
    return RuleReview(setting.key, before, after, broken, needing)


def _row(session: DbSession, key: str, *, locks: bool = False) -> SettingRule | None:
    query = select(SettingRule).where(SettingRule.key == key)
    if locks:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).first() if is_name(key) else None


def _rule_of(row: SettingRule | None, key: str) -> ValueRule:
    # To MySQL a key with spaces after it is the same key; its rule is not that of the setting.
    if row is None or row.key != key:
        return NO_RULE
    is_warning = row.severity == RuleSeverity.WARN
    return ValueRule(row.schema or "", row.unit or "", is_warning, row.requires_reason)


def rule_fields(rule: ValueRule) -> dict[str, Any]:
    """Return the columns of a rule, as they are stored and recorded."""
    return {
        "schema": rule.schema or None,
        "unit": rule.unit or None,
        "severity": str(rule.severity),
        "requires_reason": rule.requires_reason,
    }


def _put(
    session: DbSession,
    row: SettingRule | None,
    target: Target,
    after: ValueRule,
    reason: str,
    actor: Actor,
) -> AuditEvent:
    old, new = rule_fields(_rule_of(row, target.name)), rule_fields(after)
    if row is None:
        session.add(SettingRule(key=target.name, **new))
    elif after == NO_RULE and row.is_secret is None:
        session.delete(row)
    else:
        for name, content in {"key": target.name, **new}.items():
            setattr(row, name, content)
    session.flush()
    changed = [name for name in new if new[name] != old[name]]
    return audit.record(
        session,
        CHANGED,
        target,
        actor=actor,
        before={name: old[name] for name in changed},
        after={name: new[name] for name in changed},
        reason=reason,
    )
