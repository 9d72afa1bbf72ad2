"""One thing that needs attention."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """The weight of a finding, the worst first."""

    BAD = "bad"
    WARN = "warn"
    INFO = "info"


class Topic(StrEnum):
    """The subject of a finding."""

    DEBUG = "debug"
    NEVER_SIGNED_IN = "sign-ins"
    IDLE = "idle"
    WITHOUT_ROLE = "users"
    EMPTY_ROLES = "roles"
    UNUSED_PERMISSIONS = "permissions"
    INVALID = "values"
    NOT_RUN = "effects"
    UNREADABLE_SECRETS = "secrets-unreadable"
    SECRETS_IN_CLEAR = "secrets-in-clear"
    UNCHECKED_SECRETS = "secrets-unchecked"
    FORMER_KEYS = "secrets-former-key"
    UNSET = "settings"
    FAILED_SIGN_INS = "failed-sign-ins"
    ONE_FACTOR = "second-factors"
    STOPPED_WEBHOOKS = "webhooks-stopped"
    FAILING_WEBHOOKS = "webhooks-failing"
    UNDELIVERED = "webhooks-waiting"


@dataclass(frozen=True)
class Finding:
    """One thing that needs attention.

    Attributes:
        severity: How much it matters.
        topic: Its subject.
        title: The problem, without a full stop.
        cause: The reason why it matters, or the names it concerns, as a sentence.
        target_id: The id of the setting, user, role or webhook, if it concerns exactly one.
        magnitude: For what changes all the time, the size from which it is another finding.
    """

    severity: Severity
    topic: Topic
    title: str
    cause: str
    target_id: int | None = None
    magnitude: str = ""

    @property
    def subject(self) -> str:
        """The subject of the finding: as long as this stays, it is the same finding."""
        return self.magnitude or self.sentence

    @property
    def sentence(self) -> str:
        """Title and cause as one text."""
        return f"{self.title}. {self.cause}"
