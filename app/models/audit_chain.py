"""The chain of audit events: a hash for each, made of the event and the hash before it."""

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Model

_BIG = BigInteger().with_variant(Integer(), "sqlite")


class ChainEntry(Model):
    """The place of an event in the chain; ``id`` counts from 1 without a gap.

    ``key_id`` names the key of the hash; it is empty where the process had none.
    """

    __tablename__ = "console_audit_chain"

    id: Mapped[int] = mapped_column(_BIG, primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(BigInteger, index=True, unique=True)
    hash: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(16))


class ChainHead(Model):
    """A table of one row: the end of the chain, signed.

    Triggers let events be deleted only while ``allows_changes`` is set, which a transaction sets
    for itself and takes back before it ends.
    """

    __tablename__ = "console_audit_head"

    sequence: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(16))
    allows_changes: Mapped[bool]
