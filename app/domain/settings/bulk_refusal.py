"""Refusals of bulk changes: one setting that cannot be changed keeps back all."""

from collections.abc import Mapping

from app.domain.errors import ChangedMeanwhile, InvalidValue, NotFound, RuleError
from app.domain.settings.editing import SettingIsReadOnly

Errors = Mapping[int, RuleError]


class BulkRefused(RuleError):
    """At least one of the settings cannot be changed, so none is.

    Attributes:
        errors: The refusals, by the id of the setting.
    """

    def __init__(self, sentence: str, errors: Errors) -> None:
        targets = (error.target for error in errors.values())
        super().__init__(sentence, target=next((one for one in targets if one), None))
        self.errors = errors


class BulkReadOnly(BulkRefused):
    """One of the settings is read-only."""


class BulkOutdated(BulkRefused, ChangedMeanwhile):
    """One of the settings has changed since it was shown, or was deleted."""


class BulkInvalid(BulkRefused, InvalidValue):
    """One of the new values is not valid for the data type of its setting."""


def refusal_of(errors: Errors) -> BulkRefused:
    """Return the refusal of a bulk change with these errors."""
    kinds = {type(error) for error in errors.values()}
    if any(issubclass(kind, SettingIsReadOnly) for kind in kinds):
        return BulkReadOnly("Some of these settings are read-only.", errors)
    if any(issubclass(kind, ChangedMeanwhile | NotFound) for kind in kinds):
        sentence = "Somebody else changed settings while you were editing them."
        return BulkOutdated(sentence, errors)
    return BulkInvalid("Some values are not valid.", errors)
