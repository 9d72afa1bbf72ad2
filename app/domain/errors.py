"""Errors of the domain: refusals with a message for people."""

from collections.abc import Sequence
from typing import ClassVar

from app.domain.target import Target


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

    @property
    def parts(self) -> Sequence["RuleError"]:
        """The single refusals: one for each field of a form, or this alone."""
        return (self,)


class NotFound(RuleError):
    """The setting, user, role or link does not exist."""

    is_recorded = False


class InvalidValue(RuleError):
    """The value is not valid."""

    is_recorded = False


class InvalidValues(InvalidValue):
    """Several of the things that were typed are no values of their kinds."""

    def __init__(self, mistakes: Sequence[RuleError]) -> None:
        super().__init__(" ".join(map(str, mistakes)), field=mistakes[0].field)
        self._mistakes = tuple(mistakes)

    @property
    def parts(self) -> Sequence[RuleError]:
        """The mistakes, in the order in which they were found."""
        return self._mistakes


class ChangedMeanwhile(RuleError):
    """The thing is no longer what the editor saw."""

    is_recorded = False


class BeyondOwnPermissions(RuleError):
    """The actor would give, or reach for, more than they hold (nobody gains by giving)."""
