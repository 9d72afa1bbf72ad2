"""Reports of the programs that read settings: who they are, and what they run."""

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import MYSQL_TABLE, Model, long_text, natural_key


class ReaderReport(Model):
    """The newest report of one process, which writes and removes the row by itself.

    Attributes:
        name: The name of the program.
        instance: The name of the process.
        last_seen: When it reported last by the clock of the database, in seconds since 1970 (UTC).
            It is a number because databases do not calculate alike with times.
        digest: The SHA-256 of what it runs.
        settings: The source of each value, the digest of the stored one, since when, and the text
            of those that are no secrets, as JSON.
    """

    __tablename__ = "console_readers"
    __table_args__ = (
        Index("ix_console_readers_process", *("name", "instance"), unique=True),
        MYSQL_TABLE,
    )

    name: Mapped[str] = mapped_column(natural_key(100))
    instance: Mapped[str] = mapped_column(natural_key(100))
    last_seen: Mapped[int] = mapped_column(BigInteger, index=True)
    digest: Mapped[str] = mapped_column(String(64))
    settings: Mapped[str] = mapped_column(long_text())
