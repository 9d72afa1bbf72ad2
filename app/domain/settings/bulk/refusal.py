"""Refusals of bulk changes: one setting that cannot be changed keeps back all."""

from collections.abc import Mapping

from app.domain.errors import ChangedMeanwhile, InvalidValue, NotFound, RuleError
from app.domain.settings.editing import SettingIsReadOnly
from app.domain.settings.value_rules.checks import UnusualValue

Errors = Mapping[int, RuleError]


class BulkRefused(RuleError):
    """At least one of the settings cannot be changed, so none is.

    Attributes:
        errors: The refusals, by the id of the setting.
        not_restored: The refusals to restore a deleted setting, by the event of its deletion.
    """

    def __init__(self, sentence: str, errors: Errors, not_restored: Errors) -> None:
        self.errors = errors
        self.not_restored = not_restored
        targets = (error.target for error in self.all_errors)
        super().__init__(sentence, target=next((one for one in targets if one), None))

    @property
    def all_errors(self) -> list[RuleError]:
        """All refusals."""
        return [*self.errors.values(), *self.not_restored.values()]


class BulkReadOnly(BulkRefused):
    """One of the settings is read-only."""


class BulkOutdated(BulkRefused, ChangedMeanwhile):
    """One of the settings has changed since it was shown, was deleted, or exists again."""


class BulkInvalid(BulkRefused, InvalidValue):
    """One of the new values is not valid for the data type of its setting."""


def refusal_of(errors: Errors, not_restored: Errors) -> BulkRefused:
    """Return the refusal of a bulk change with these errors."""
    kinds = {type(error) for error in (*errors.values(), *not_restored.values())}
    if any(issubclass(kind, SettingIsReadOnly) for kind in kinds):
        return BulkReadOnly("Some of these settings are read-only.", errors, not_restored)
    if any(issubclass(kind, ChangedMeanwhile | NotFound) for kind in kinds):
        sentence = "Somebody else changed settings while you were editing them."
        return BulkOutdated(sentence, errors, not_restored)
    if all(issubclass(kind, UnusualValue) for kind in kinds):
        sentence = "Some values are unusual: change them, or confirm that they are meant."
        return BulkInvalid(sentence, errors, not_restored)
    return BulkInvalid("Some values are not valid.", errors, not_restored)
