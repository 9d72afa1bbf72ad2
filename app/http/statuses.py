"""The status of the response to a refusal (RFC 9110)."""

from app.domain.authentication.throttle import TooManyAttempts
from app.domain.errors import (
    BeyondOwnPermissions,
    ChangedMeanwhile,
    InvalidValue,
    NotFound,
    RuleError,
)

STATUS = {
    NotFound: 404,
    InvalidValue: 422,
    ChangedMeanwhile: 409,
    BeyondOwnPermissions: 403,
    TooManyAttempts: 429,
}
CONFLICT = 409


def status_of(error: RuleError) -> int:
    """Return the status that a refusal is answered with."""
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), CONFLICT)
