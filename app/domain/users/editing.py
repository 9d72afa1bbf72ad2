"""Profiles: what a user is called, where they are reached, and what they say of themselves."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from app.domain import audit, etags, validation
from app.domain.actor import Actor
from app.domain.errors import ChangedMeanwhile
from app.domain.text import checked_reason, with_line_feeds
from app.domain.users import creation, lifecycle, names
from app.models import DbSession, User

CHECKS: dict[str, Callable[[str], str | None]] = {
    "username": names.checked_username,
    "email": names.checked_email,
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
    """A profile as typed, the etag of the one it was typed against, the reason."""

    profile: Profile
    etag: str
    reason: str = ""


class ProfileChangedMeanwhile(ChangedMeanwhile):
    """The profile is no longer what the editor saw.

    Attributes:
        theirs: What is stored now.
    """

    def __init__(self, user: User) -> None:
        super().__init__(
            f"The profile of {user.username} was changed by somebody else while you were editing."
        )
        self.theirs = profile_of(user)


def profile_of(user: User) -> Profile:
    """Return the profile of a user."""
    return Profile(
        user.username, user.email, user.full_name or "", user.bio or "", user.is_verified
    )


def profile_etag(user: User) -> str:
    """Return the digest of a user's profile that an edit is checked against."""
    return etags.of([user.id, user.full_name, user.bio, *asdict(profile_of(user)).values()])


def change(session: DbSession, user_id: int, edit: ProfileEdit, *, actor: Actor) -> frozenset[str]:
    """Give a user another profile, and record each field that changed.

    What is left as it is, is not checked: the backend may have stored what the console would not
    take.

    Args:
        session: The database session; the caller commits it.
        user_id: The user.
        edit: What was typed, the etag it was typed against, the reason.
        actor: The person making the change.

    Returns:
        The names of the fields that changed.

    Raises:
        NotFound: There is no such user.
        BeyondOwnPermissions: The user holds what the actor does not.
        ProfileChangedMeanwhile: The profile is no longer what the editor saw.
        InvalidValue: A field is not valid, or the name or the address is taken.
    """
    user = lifecycle.for_change(session, user_id, actor)
    if edit.etag != profile_etag(user):
        raise ProfileChangedMeanwhile(user)
    passed = validation.all_of(
        reason=lambda: checked_reason(edit.reason), wanted=lambda: _changes(user, edit.profile)
    )
    reason, wanted = passed["reason"], passed["wanted"]
    if not wanted:
        return frozenset()
    before = {field: getattr(user, field) for field in wanted}
    _refuse_taken(session, user, wanted)
    target = creation.target_of(user)
    for field, value in wanted.items():
        setattr(user, field, value)
    creation.flush_names(session)
    audit.record(
        session, "user:changed", target, actor=actor, before=before, after=wanted, reason=reason
    )
    return frozenset(wanted)


def _changes(user: User, typed: Profile) -> dict[str, Any]:
    stored = profile_of(user)
    # A browser sends every line end as CRLF, whatever was stored.
    edited = {
        field: partial(check, getattr(typed, field))
        for field, check in CHECKS.items()
        if with_line_feeds(getattr(typed, field)) != with_line_feeds(getattr(stored, field))
    }
    values = validation.all_of(**edited)
    wanted = {field: value for field, value in values.items() if value != getattr(user, field)}
    if typed.is_verified != stored.is_verified:
        wanted["is_verified"] = typed.is_verified
    return wanted


def _refuse_taken(session: DbSession, user: User, wanted: dict[str, Any]) -> None:
    taken = {field: wanted[field] for field in ("username", "email") if field in wanted}
    if taken:
        creation.refuse_taken(session, by_others_than=user.id, **taken)
