"""Edit the profile of a user: names, email address, bio."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from app.domain import audit, etags, validation
from app.domain.actor import Actor
from app.domain.errors import ChangedMeanwhile
from app.domain.target import Target
from app.domain.text import checked_reason, with_line_feeds
from app.domain.users import creation, lifecycle, names
from app.models import DbSession, User
from app.models.spelling import stored_address

PROFILE_CHANGED = "user:changed"
CHECKS: dict[str, Callable[[str], str | None]] = {
    "username": names.checked_username,
    "full_name": names.checked_full_name,
    "bio": names.checked_bio,
}


@dataclass(frozen=True)
class Profile:
    """The fields of a user that are edited together, as texts."""

    username: str
    email: str
    full_name: str = ""
    bio: str = ""
    is_verified: bool = False


@dataclass(frozen=True)
class ProfileEdit:
    """A profile as entered, the etag of the one that was shown, the reason.

    Attributes:
        profile: The profile.
        etag: The etag.
        reason: The reason.
        email_domains: Domains that are allowed in addresses; see `names.checked_email`.
    """

    profile: Profile
    etag: str
    reason: str = ""
    email_domains: tuple[str, ...] = ()


class ProfileChangedMeanwhile(ChangedMeanwhile):
    """The profile has changed since the page was opened.

    Attributes:
        theirs: The stored profile.
    """

    def __init__(self, user: User) -> None:
        super().__init__(
            f"The profile of {user.username} was changed by somebody else while you were editing."
        )
        self.theirs = profile_of(user)


def profile_of(user: User) -> Profile:
    """Return the profile of a user."""
    return Profile(
        user.username, user.shown_email, user.full_name or "", user.bio or "", user.is_verified
    )


def profile_etag(user: User) -> str:
    """Return the digest of a user's profile that an edit is checked against."""
    return etags.of([user.id, user.full_name, user.bio, *asdict(profile_of(user)).values()])


def change(session: DbSession, user_id: int, edit: ProfileEdit, *, actor: Actor) -> frozenset[str]:
    """Save the profile of a user, and record the fields that changed.

    Unchanged fields are not checked: the backend may have stored values that the console would
    refuse.

    Args:
        session: The database session; the caller commits it.
        user_id: The user.
        edit: The profile, the etag of the one that was shown, the reason.
        actor: The person making the change.

    Returns:
        The names of the fields that changed.

    Raises:
        NotFound: The user does not exist.
        BeyondOwnPermissions: The user has permissions that the actor does not have.
        ProfileChangedMeanwhile: The profile has changed since the page was opened.
        InvalidValue: A field is not valid, or the name or the address is taken.
    """
    user = lifecycle.load_for_change(session, user_id, actor)
    if edit.etag != profile_etag(user):
        raise ProfileChangedMeanwhile(user)
    passed = validation.all_of(
        reason=lambda: checked_reason(edit.reason), after=lambda: _changes(user, edit)
    )
    reason, after = passed["reason"], passed["after"]
    if not after:
        return frozenset()
    before = {field: getattr(user, field) for field in after}
    _refuse_taken(session, user, after)
    target = Target.of_user(user)
    for field, value in after.items():
        setattr(user, field, value)
    creation.flush_names(session)
    audit.record(
        session, PROFILE_CHANGED, target, actor=actor, before=before, after=after, reason=reason
    )
    return frozenset(after)


def _changes(user: User, edit: ProfileEdit) -> dict[str, Any]:
    stored, profile = profile_of(user), edit.profile
    # A browser sends every line break as CRLF, whatever was stored.
    edited: dict[str, Callable[[], str | None]] = {
        field: partial(check, getattr(profile, field))
        for field, check in CHECKS.items()
        if with_line_feeds(getattr(profile, field)) != with_line_feeds(getattr(stored, field))
    }
    # Another spelling of the domain is no other address.
    if stored_address(profile.email) != stored_address(user.email):
        edited["email"] = partial(names.checked_email, profile.email, edit.email_domains)
    values = validation.all_of(**edited)
    changes = {field: value for field, value in values.items() if value != getattr(user, field)}
    if profile.is_verified != stored.is_verified:
        changes["is_verified"] = profile.is_verified
    return changes


def _refuse_taken(session: DbSession, user: User, changes: dict[str, Any]) -> None:
    identifiers = {field: changes[field] for field in ("username", "email") if field in changes}
    if identifiers:
        creation.refuse_taken(session, by_others_than=user.id, **identifiers)
