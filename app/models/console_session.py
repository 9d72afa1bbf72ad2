"""Sessions of people who have signed in to the console."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Model, natural_key, utcnow


class ConsoleSession(Model):
    """One browser that has signed in; its cookie carries what ``token_hash`` is the SHA-256 of."""

    __tablename__ = "console_sessions"

    token_hash: Mapped[str] = mapped_column(natural_key(64), unique=True, index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_seen_at: Mapped[datetime]
    authenticated_at: Mapped[datetime]
    address: Mapped[str | None] = mapped_column(String(64))
    user_agent: Mapped[str | None] = mapped_column(String(255))
