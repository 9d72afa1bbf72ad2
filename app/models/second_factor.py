"""Second factors: the keys from which authenticator apps make codes, and recovery codes."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Model, natural_key, utcnow


class SecondFactor(Model):
    """The second factor of a user, with codes by time (RFC 6238).

    Attributes:
        secret: The key that is shared with the app, encrypted.
        last_step: The time step of the last code that was accepted; 0 before the first one.
        confirmed_at: The time of the first code; None while the factor is being set up.
    """

    __tablename__ = "console_second_factors"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), unique=True, index=True
    )
    secret: Mapped[str] = mapped_column(String(255))
    last_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Model):
    """A code that works once in place of one from the app; its row goes when it is used.

    ``code_hash`` is its SHA-256.
    """

    __tablename__ = "console_recovery_codes"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(natural_key(64), unique=True, index=True)
