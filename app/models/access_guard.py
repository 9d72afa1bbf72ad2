"""The row that everyone who changes access writes first."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Model


class AccessGuard(Model):
    """A table of one row: whoever changes users or roles adds 1 to it, so that they take turns."""

    __tablename__ = "console_access_guard"

    turn: Mapped[int] = mapped_column(BigInteger)
