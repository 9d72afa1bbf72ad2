"""Audit events: who did what to what, and why."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import MYSQL_TABLE, Model, long_text, utcnow


class AuditEvent(Model):
    """One change, sign-in, refusal or denial.

    Names are kept as they were at the time, and no foreign key ties an event to what it tells of:
    events outlive users, roles and settings. ``before`` and ``after`` are JSON objects (RFC 8259)
    with a member per field.
    """

    __tablename__ = "console_audit_events"
    __table_args__ = (
        Index("ix_console_audit_events_target", "target_type", "target_id", "id"),
        # One for each filter of the audit log, ending with its order, and one for its saves.
        Index("ix_console_audit_events_actor", "actor_name", "at", "id"),
        Index("ix_console_audit_events_action", "action", "at", "id"),
        Index("ix_console_audit_events_target_name", "target_name", "at", "id"),
        Index("ix_console_audit_events_request", "request_id", "at", "id"),
        Index("ix_console_audit_events_save", "save_id", "id"),
        Index("ix_console_audit_events_actor_id", "actor_id", "at", "id"),
        Index("ix_console_audit_events_type", "target_type", "at", "id"),
        MYSQL_TABLE,
    )

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True
    )
    at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(255))
    session_id: Mapped[int | None]
    address: Mapped[str | None] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(100))
    target_type: Mapped[str] = mapped_column(String(50))
    target_id: Mapped[int | None]
    target_name: Mapped[str] = mapped_column(String(255))
    before: Mapped[str | None] = mapped_column(long_text())
    after: Mapped[str | None] = mapped_column(long_text())
    reason: Mapped[str] = mapped_column(Text, default="")
    request_id: Mapped[str | None] = mapped_column(String(64))
    save_id: Mapped[str | None] = mapped_column(String(36))
