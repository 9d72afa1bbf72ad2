"""Tokens of the API: their form, the rows that stand for them, and the identity behind one.

A token has a fixed beginning, by which scanners find one that was published, 256 random bits, and a
checksum, so that a mistyped one is refused without a look at the database.
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, bindparam, delete, func, select, update

from app.domain.authentication import identity_columns, second_factor, tokens
from app.models import ApiToken, DbSession, ServiceAccount, User
from app.models.base import utcnow

BEGINNING = "rfc_"
SHOWN = 10
USED_EVERY = timedelta(minutes=10)
_FORM = re.compile(rf"({BEGINNING}[A-Za-z0-9_-]{{43}})([0-9a-f]{{8}})")

# Whether the user of a row is a service account.
IS_SERVICE: Any = (
    select(ServiceAccount.id).where(ServiceAccount.user_id == User.id).correlate(User).exists()
)
_IDENTITY = (
    select(
        ApiToken.id,
        ApiToken.scopes,
        ApiToken.expires_at,
        ApiToken.last_used_at,
        User.id.label("user_id"),
        User.username,
        User.is_active,
        identity_columns.ADMINISTERS,
        identity_columns.CODES,
        second_factor.OF_USER.label("has_second_factor"),
        IS_SERVICE.label("is_service"),
        identity_columns.REVISION,
    )
    .join(User, User.id == ApiToken.user_id)
    .where(ApiToken.token_hash == bindparam("token_hash"))
)


@dataclass(frozen=True)
class TokenIdentity:
    """The owner of a token, and what the token may do at this moment.

    Attributes:
        token_id: The id of the token.
        user_id: The id of the owner.
        username: The user name of the owner.
        scopes: The codes that the token is limited to; None for no limit.
        codes: The console's own permissions that the roles of the owner grant.
        is_administrator: Whether the owner has the role ``admin``.
        has_second_factor: Whether a second factor of the owner is in force.
        is_service: Whether the owner is a service account.
        revision: The revision of the database.
        last_used_at: The time of the last use.
    """

    token_id: int
    user_id: int
    username: str
    scopes: frozenset[str] | None
    codes: frozenset[str]
    is_administrator: bool
    has_second_factor: bool
    is_service: bool
    revision: str | None
    last_used_at: datetime | None

    def can(self, code: str) -> bool:
        """Tell whether the owner has the permission and the token may use it."""
        return self._is_held(code) and (self.scopes is None or code in self.scopes)

    def lacks_second_factor(self, required_for: Iterable[str]) -> bool:
        """Tell whether the owner has none, and one of the permissions that take one.

        What the token is limited to does not matter. Nobody signs in to a service account.
        """
        if self.has_second_factor or self.is_service:
            return False
        return any(map(self._is_held, required_for))

    def _is_held(self, code: str) -> bool:
        return code in self.codes or self.is_administrator

    @property
    def is_due(self) -> bool:
        """Tell whether the time of the last use is old enough to be written again."""
        return self.last_used_at is None or utcnow() - self.last_used_at >= USED_EVERY


def issue(
    session: DbSession, user_id: int, name: str, scopes: Sequence[str] | None, lifetime: timedelta
) -> tuple[ApiToken, str]:
    """Add a token for a user.

    Args:
        session: The database session; the caller commits it.
        user_id: The owner.
        name: The name to tell it from the owner's others.
        scopes: The codes of the permissions that it may use; None for all of the owner's.
        lifetime: The time after which it expires.

    Returns:
        The row, and the token itself, of which only the SHA-256 is stored.
    """
    text = _new_text()
    now = utcnow()
    token = ApiToken(
        token_hash=tokens.digest(text),
        start=text[:SHOWN],
        user_id=user_id,
        name=name,
        scopes=None if scopes is None else "\n".join(sorted(scopes)),
        created_at=now,
        expires_at=now + lifetime,
    )
    session.add(token)
    session.flush()
    return token, text


def identify(session: DbSession, text: str) -> TokenIdentity | None:
    """Return the identity behind a token; None if it is unknown, expired, or its owner inactive."""
    if not is_whole(text):
        return None
    row = session.connection().execute(_IDENTITY, {"token_hash": tokens.digest(text)}).first()
    if row is None or not row.is_active or row.expires_at <= utcnow():
        return None
    return TokenIdentity(
        token_id=row.id,
        user_id=row.user_id,
        username=row.username,
        scopes=scopes_in(row.scopes),
        codes=identity_columns.codes_in(row.codes),
        is_administrator=bool(row.is_administrator),
        has_second_factor=bool(row.has_second_factor),
        is_service=bool(row.is_service),
        revision=row.revision,
        last_used_at=row.last_used_at,
    )


def is_whole(text: str) -> bool:
    """Tell whether a text has the form of a token, with the right checksum."""
    match = _FORM.fullmatch(text)
    return match is not None and match[2] == _checksum(match[1])


def scopes_in(text: str | None) -> frozenset[str] | None:
    """Return the codes that the column ``scopes`` holds; None for no limit."""
    return None if text is None else frozenset(text.split("\n")) - {""}


def touch(connection: Connection, token_id: int) -> None:
    """Save the time of the last use of a token, on a separate connection."""
    used = update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=utcnow())
    connection.execute(used)


def of_user(session: DbSession, user_id: int) -> Sequence[ApiToken]:
    """Return the tokens of a user, the newest first; expired ones too."""
    query = select(ApiToken).where(ApiToken.user_id == user_id).order_by(ApiToken.id.desc())
    return session.scalars(query).all()


def with_owners(session: DbSession, user_id: int | None = None) -> Sequence[Any]:
    """Return rows of a token and its owner's user name: all of them, or those of one user."""
    query = select(ApiToken, User.username).join(User, User.id == ApiToken.user_id)
    if user_id is not None:
        query = query.where(User.id == user_id)
    return session.execute(query.order_by(User.username, ApiToken.id)).all()


def get(session: DbSession, token_id: int) -> ApiToken | None:
    """Return the token with that id, or None."""
    return session.get(ApiToken, token_id, populate_existing=True)


def count(session: DbSession, user_id: int) -> int:
    """Return the number of tokens of a user."""
    query = select(func.count()).where(ApiToken.user_id == user_id)
    return session.scalar(query) or 0


def remove(session: DbSession, token_id: int) -> bool:
    """Delete a token, which works no longer; tell whether it was there."""
    result = session.execute(delete(ApiToken).where(ApiToken.id == token_id))
    return cast(CursorResult[Any], result).rowcount > 0


def is_service(session: DbSession, user_id: int) -> bool:
    """Tell whether a user is a service account."""
    query = select(ServiceAccount.id).where(ServiceAccount.user_id == user_id)
    return session.scalar(query) is not None


def _new_text() -> str:
    head = f"{BEGINNING}{tokens.new_token()}"
    return f"{head}{_checksum(head)}"


def _checksum(head: str) -> str:
    return f"{zlib.crc32(head.encode()):08x}"
