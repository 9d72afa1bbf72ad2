"""Webhooks: receivers that are told of changes, and the messages for each of them."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import MYSQL_TABLE, Base, Model, long_text, natural_key, utcnow


class Webhook(Base):
    """A receiver of changes.

    Attributes:
        subjects: The kinds of things whose changes it is told of, with commas between them.
        secret: The key of the signatures, encrypted.
        former_secret: The key before the last rotation, which signs too until ``former_until``.
        stopped_because: The reason why the console has deactivated it.
        failing_since: The time of the first failure since something was last delivered.
        position: The place in the chain of audit events up to which messages were made.
    """

    __tablename__ = "console_webhooks"

    name: Mapped[str] = mapped_column(String(100))
    url: Mapped[str] = mapped_column(String(2000))
    subjects: Mapped[str] = mapped_column(String(100))
    secret: Mapped[str] = mapped_column(String(500))
    former_secret: Mapped[str | None] = mapped_column(String(500))
    former_until: Mapped[datetime | None]
    is_active: Mapped[bool]
    stopped_because: Mapped[str | None] = mapped_column(String(200))
    failing_since: Mapped[datetime | None]
    position: Mapped[int] = mapped_column(BigInteger)


class WebhookDelivery(Model):
    """A message to a receiver, and what came of it.

    Attributes:
        message_id: The id by which the receiver knows a message that it has had before.
        state: ``pending``, ``delivered`` or ``failed``.
        attempts: The number of attempts that were begun.
        status: The status code of the last answer; None where none came.
        answer: The beginning of the last answer, or the reason why there was none.
        due_at: The time of the next attempt, of a pending one.
    """

    __tablename__ = "console_webhook_deliveries"
    __table_args__ = (
        Index("ix_console_webhook_deliveries_webhook_id", "webhook_id", "id"),
        Index("ix_console_webhook_deliveries_state", "state", "due_at"),
        MYSQL_TABLE,
    )

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True
    )
    webhook_id: Mapped[int] = mapped_column(ForeignKey("console_webhooks.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(natural_key(40))
    type: Mapped[str] = mapped_column(String(60))
    payload: Mapped[str] = mapped_column(long_text())
    state: Mapped[str] = mapped_column(natural_key(10))
    attempts: Mapped[int]
    status: Mapped[int | None]
    answer: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    due_at: Mapped[datetime]
    attempted_at: Mapped[datetime | None]
