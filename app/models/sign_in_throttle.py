"""The budgets of attempts to sign in."""

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import MYSQL_TABLE, Model, natural_key

DIGEST_CHARACTERS = 32


class SignInBudget(Model):
    """The budget of an account, a network, a network at an account, or a browser at an account.

    Attributes:
        account: The keyed digest of a name, which somebody has or nobody; "" for a network alone.
        network: The keyed digest of the client's network; "" if any network counts.
        device: The keyed digest of a known browser; "" for all others.
        full_at: The time at which the budget is full again, in milliseconds since 1970 (UTC). It is
            a number because databases do not calculate alike with times.
    """

    __tablename__ = "console_sign_in_throttle"
    __table_args__ = (
        Index("ix_console_sign_in_throttle_key", *("account", "network", "device"), unique=True),
        MYSQL_TABLE,
    )

    account: Mapped[str] = mapped_column(natural_key(DIGEST_CHARACTERS))
    network: Mapped[str] = mapped_column(natural_key(DIGEST_CHARACTERS), index=True)
    device: Mapped[str] = mapped_column(natural_key(DIGEST_CHARACTERS))
    full_at: Mapped[int] = mapped_column(BigInteger, index=True)
