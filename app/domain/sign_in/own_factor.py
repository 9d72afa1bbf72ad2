"""The second factor of one's own account: set up, renewed and removed; and its reset by command."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain import access, audit
from app.domain.actor import Actor
from app.domain.authentication import second_factor, sessions, totp
from app.domain.authentication.second_factor import EnteredCode
from app.domain.errors import InvalidValue, RuleError
from app.domain.target import Target
from app.domain.text import checked_reason
from app.models import DbSession, User

AGAIN = "That code is not right. Check the time of your phone, and enter the newest code."


class FactorState(RuleError):
    """The second factor is not in the state that the change is for."""

    is_recorded = False


@dataclass(frozen=True)
class OwnFactor:
    """The second factor of the actor, as its page shows it.

    Attributes:
        confirmed_at: The time since when it is in force; None if it is not.
        key: The key to set an app up with, while the factor is being set up.
        address: The key as a URI that opens an app on the same phone.
        picture: The same as a QR code, a ``data:`` URL.
        codes_left: The number of recovery codes that were not used.
    """

    confirmed_at: datetime | None = None
    key: str | None = None
    address: str = ""
    picture: str = ""
    codes_left: int = 0

    @property
    def groups(self) -> str:
        """The key in groups of four, which are easier to type."""
        key = self.key or ""
        return " ".join(key[at : at + 4] for at in range(0, len(key), 4))


def own_factor(session: DbSession, secrets: Sequence[str], *, actor: Actor) -> OwnFactor:
    """Return the second factor of the actor."""
    factor = second_factor.find(session, actor.id or 0)
    if factor is None:
        return OwnFactor()
    if factor.confirmed_at is not None:
        return OwnFactor(
            factor.confirmed_at, codes_left=second_factor.codes_left(session, factor.user_id)
        )
    key = totp.decrypted(factor.secret, secrets)
    if key is None:
        return OwnFactor()
    address = totp.address(key, actor.name)
    return OwnFactor(key=key, address=address, picture=totp.picture(address))


def begin_factor(session: DbSession, secrets: Sequence[str], *, actor: Actor) -> None:
    """Make a key for the actor, which counts once a code of it was entered.

    Args:
        session: The database session; the caller commits it.
        secrets: The secret keys of the console, the current one first.
        actor: The person.

    Raises:
        FactorState: The actor has a second factor already.
    """
    user = _own(session, actor)
    if second_factor.is_set(session, user.id):
        raise FactorState("You have a second factor already. Remove it to set up another one.")
    second_factor.begin(session, user.id, secrets)


def confirm_factor(session: DbSession, code: EnteredCode, *, actor: Actor) -> list[str]:
    """Put the second factor of the actor into force by its first code.

    Returns:
        The recovery codes, of which only digests are stored.

    Raises:
        FactorState: The factor is not being set up.
        InvalidValue: The code is not right.
    """
    user = _own(session, actor)
    factor = second_factor.find(session, user.id)
    if factor is None or factor.confirmed_at is not None:
        raise FactorState("No second factor is being set up. Start again.")
    codes = second_factor.confirm(session, factor, code)
    if codes is None:
        raise InvalidValue(AGAIN, field="code")
    audit.record(session, "second-factor:set-up", Target.of_user(user), actor=actor)
    return codes


def renew_recovery_codes(session: DbSession, _edit: object, *, actor: Actor) -> list[str]:
    """Replace the recovery codes of the actor, and return the new ones.

    Raises:
        FactorState: The actor has no second factor.
    """
    user = _with_factor(session, actor)
    audit.record(session, "recovery-codes:renewed", Target.of_user(user), actor=actor)
    return second_factor.renew_codes(session, user.id)


def remove_factor(session: DbSession, _edit: object, *, actor: Actor) -> None:
    """Remove the second factor of the actor, and end their other sessions.

    Raises:
        FactorState: The actor has no second factor.
    """
    user = _with_factor(session, actor)
    second_factor.remove(session, user.id)
    sessions.end_others(session, user.id, actor.session_id or 0)
    audit.record(session, "second-factor:removed", Target.of_user(user), actor=actor)


def reset_factor(session: DbSession, user_id: int, reason: str, *, actor: Actor) -> User:
    """Remove the second factor of a user who has lost it, and end their sessions.

    For commands only: whoever could take it away on a page could take over the account.

    Raises:
        NotFound: The user does not exist.
        FactorState: The user has no second factor.
        InvalidValue: The reason is too long.
    """
    access.serialize_access_changes(session)
    user = access.load_user_for_update(session, user_id)
    reason = checked_reason(reason)
    if not second_factor.is_set(session, user.id):
        raise FactorState(f"{user.username} has no second factor.")
    second_factor.remove(session, user.id)
    sessions.end_all(session, user.id)
    target = Target.of_user(user)
    audit.record(session, "second-factor:reset", target, actor=actor, reason=reason)
    return user


def unreadable_factors(session: DbSession, secrets: Sequence[str]) -> int:
    """Return the number of second factors whose keys no secret key decrypts."""
    return len(second_factor.unreadable(session, secrets))


def _own(session: DbSession, actor: Actor) -> User:
    access.serialize_access_changes(session)
    return access.load_user_for_update(session, actor.id or 0)


def _with_factor(session: DbSession, actor: Actor) -> User:
    user = _own(session, actor)
    if not second_factor.is_set(session, user.id):
        raise FactorState("You have no second factor.")
    return user
