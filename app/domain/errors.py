"""What the domain says no with."""

from typing import ClassVar

from app.domain.audit import Target


class RuleError(Exception):
    """A rule of the console says no; its text is a sentence for people.

    Attributes:
        field: The form field that the sentence belongs beside, if it belongs to one.
        target: What the change was aimed at, for the audit event of the refusal.
        is_recorded: Whether the refusal is an audit event.
    """

    is_recorded: ClassVar[bool] = True

    def __init__(
        self, message: str, *, field: str | None = None, target: Target | None = None
    ) -> None:
        super().__init__(message)
        self.field = field
        self.target = target


class NotFound(RuleError):
    """There is no such setting, user, role or link."""

    is_recorded = False


class InvalidValue(RuleError):
    """What was typed is not a value of its kind."""

    is_recorded = False


class ChangedMeanwhile(RuleError):
    """The thing is no longer what the editor saw."""

    is_recorded = False


class BeyondOwnPermissions(RuleError):
    """The actor would give, or reach for, more than they hold (nobody gains by giving)."""
