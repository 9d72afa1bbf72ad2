"""The second factor of a user: set up, used, and taken away; the callers lock the user."""

import secrets as random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, exists, func, select, update

from app.domain.authentication import tokens, totp
from app.models import DbSession, RecoveryCode, SecondFactor, User

RECOVERY_CODES = 10
# As digits they are typed on the same keys as the codes of an app: 25 digits have 83 bits.
RECOVERY_DIGITS, GROUP = 25, 5

# Whether the user of a row has a second factor.
OF_USER: Any = (
    exists()
    .where(SecondFactor.user_id == User.id, SecondFactor.confirmed_at.is_not(None))
    .correlate(User)
)


@dataclass(frozen=True)
class EnteredCode:
    """A code as somebody has entered it, and what it takes to check it.

    Attributes:
        text: The code.
        secrets: The secret keys of the console, the current one first.
        at: The time.
    """

    text: str
    secrets: Sequence[str]
    at: datetime

    @property
    def digits(self) -> str:
        """The code without the characters that people put between the groups of digits."""
        return "".join(char for char in self.text if not char.isspace() and char != "-")


@dataclass(frozen=True)
class UsedCode:
    """The kind of an entered code: one of the app, or a recovery code and how many are left."""

    recovery_codes_left: int | None = None


def find(session: DbSession, user_id: int) -> SecondFactor | None:
    """Return the second factor of a user, also one that is being set up."""
    factor = select(SecondFactor).where(SecondFactor.user_id == user_id)
    return session.scalars(factor.execution_options(populate_existing=True)).one_or_none()


def is_set(session: DbSession, user_id: int) -> bool:
    """Tell whether a user has a second factor."""
    factor = find(session, user_id)
    return factor is not None and factor.confirmed_at is not None


def begin(session: DbSession, user_id: int, secrets: Sequence[str]) -> None:
    """Store a new key for a user who has no second factor; an earlier attempt is forgotten."""
    remove(session, user_id)
    session.add(SecondFactor(user_id=user_id, secret=totp.encrypted(totp.new_key(), secrets)))


def confirm(session: DbSession, factor: SecondFactor, code: EnteredCode) -> list[str] | None:
    """Put a second factor into force if the code is right; return the recovery codes."""
    if not _accepts(session, factor, code):
        return None
    factor.confirmed_at = code.at
    return renew_codes(session, factor.user_id)


def renew_codes(session: DbSession, user_id: int) -> list[str]:
    """Replace the recovery codes of a user by new ones, and return these."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(user_id=user_id, code_hash=tokens.digest(code.replace("-", "")))
        for code in codes
    )
    return codes


def codes_left(session: DbSession, user_id: int) -> int:
    """Return the number of recovery codes that a user has not used."""
    left = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user_id)
    return session.scalars(left).one()


def use(session: DbSession, user_id: int, code: EnteredCode) -> UsedCode | None:
    """Use a code of a user; None if it is not right, or was used. Of two at once one is accepted.

    Args:
        session: The database session; the caller commits it.
        user_id: The user, who has a second factor.
        code: The code of an app, or a recovery code.
    """
    factor = find(session, user_id)
    if factor is None or factor.confirmed_at is None:
        return None
    if _accepts(session, factor, code):
        return UsedCode()
    recovery = (RecoveryCode.user_id == user_id) & (
        RecoveryCode.code_hash == tokens.digest(code.digits)
    )
    used = session.execute(delete(RecoveryCode).where(recovery))
    if cast(CursorResult[Any], used).rowcount == 0:
        return None
    return UsedCode(codes_left(session, user_id))


def remove(session: DbSession, user_id: int) -> None:
    """Remove the second factor of a user, also one being set up, and the recovery codes."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))


def unreadable(session: DbSession, secrets: Sequence[str]) -> list[int]:
    """Return the users whose keys none of the secret keys can decrypt."""
    stored = session.execute(select(SecondFactor.user_id, SecondFactor.secret))
    return [row.user_id for row in stored if totp.decrypted(row.secret, secrets) is None]


def _accepts(session: DbSession, factor: SecondFactor, code: EnteredCode) -> bool:
    """Tell whether a code is right and was not used; it cannot be used again then."""
    key = totp.decrypted(factor.secret, code.secrets)
    step = totp.matching_step(key, code.digits, factor.last_step, code.at) if key else None
    if key is None or step is None:
        return False
    values: dict[str, Any] = {"last_step": step}
    if not totp.is_current(factor.secret, code.secrets):
        values["secret"] = totp.encrypted(key, code.secrets)
    # Checked once more by the database, for a caller that has not locked the user.
    accepted = session.execute(
        update(SecondFactor)
        .where(SecondFactor.id == factor.id, SecondFactor.last_step < step)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    return bool(cast(CursorResult[Any], accepted).rowcount)


def _new_code() -> str:
    digits = f"{random.randbelow(10**RECOVERY_DIGITS):0{RECOVERY_DIGITS}}"
    return "-".join(digits[at : at + GROUP] for at in range(0, RECOVERY_DIGITS, GROUP))
