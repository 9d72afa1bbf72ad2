"""Tokens of the API, and the users that only programs are: they own tokens and cannot sign in."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Model, long_text, natural_key, utcnow


class ApiToken(Model):
    """A token by which a program acts for its owner; ``token_hash`` is the SHA-256 of it.

    Attributes:
        start: The first characters of the token, to recognise it by.
        scopes: The codes of the permissions that it may use, a line each; None for all that the
            owner has.
        last_used_at: The time of the last use, to within ten minutes.
    """

    __tablename__ = "console_api_tokens"

    token_hash: Mapped[str] = mapped_column(natural_key(64), unique=True, index=True)
    start: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    scopes: Mapped[str | None] = mapped_column(long_text())
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class ServiceAccount(Model):
    """The mark of a user that is a program: it owns tokens, and nobody can sign in to it."""

    __tablename__ = "console_service_accounts"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), unique=True, index=True
    )
