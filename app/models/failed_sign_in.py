"""Failed sign-ins, added up by the hour."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import MYSQL_TABLE, Model


class FailedSignIn(Model):
    """The failed sign-ins of one hour, for one user or for one group of names that nobody has.

    Attributes:
        user_id: The user; 0 for a name that nobody has.
        name_group: The group of such a name, by its digest; 0 for a user. The groups are few, so
            that a million invented names take no more rows.
        kind: The reason, `FailureKind`.
        network: The kind of the client's address, `Network`.
    """

    __tablename__ = "console_failed_sign_ins"
    __table_args__ = (
        Index(
            "ix_console_failed_sign_ins_key",
            *("hour", "user_id", "name_group", "kind", "network"),
            unique=True,
        ),
        Index("ix_console_failed_sign_ins_user_id", "user_id", "hour"),
        MYSQL_TABLE,
    )

    hour: Mapped[datetime]
    user_id: Mapped[int]
    name_group: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    network: Mapped[str] = mapped_column(String(20))
    failures: Mapped[int]
    last_at: Mapped[datetime]
