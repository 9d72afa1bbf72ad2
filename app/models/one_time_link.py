"""One-time links: to become the first administrator, to choose a password."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Model, natural_key, utcnow


class OneTimeLink(Model):
    """A link that works once and for a while; ``token_hash`` is the SHA-256 of its token.

    ``issued_by_id`` is the user who handed it out; None for a command.
    """

    __tablename__ = "console_links"

    token_hash: Mapped[str] = mapped_column(natural_key(64), unique=True, index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    issued_by_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
