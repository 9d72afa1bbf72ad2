"""Rules of settings: what a value has to be, and where a save needs a reason."""

from sqlalchemy import String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, natural_key


class SettingRule(Base):
    """The rule of the setting with this key, which may not exist yet or any more.

    Attributes:
        key: The key of the setting.
        schema: A JSON Schema (2020-12) that values must fit, as JSON; None for any value.
        unit: The unit of its values, such as "seconds".
        severity: "refuse", or "warn" for values that may be saved after a warning.
        requires_reason: Whether a save needs a reason.
        is_secret: Whether its value is a secret; None where its key decides.
    """

    __tablename__ = "console_setting_rules"

    key: Mapped[str] = mapped_column(natural_key(255), unique=True, index=True)
    schema: Mapped[str | None] = mapped_column(Text)
    unit: Mapped[str | None] = mapped_column(String(30))
    severity: Mapped[str] = mapped_column(String(10), default="refuse", server_default="refuse")
    requires_reason: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_secret: Mapped[bool | None]


class CategoryRule(Base):
    """The rule of all settings of a category; the empty name is that of settings without one."""

    __tablename__ = "console_category_rules"

    category: Mapped[str] = mapped_column(natural_key(100), unique=True, index=True)
    requires_reason: Mapped[bool] = mapped_column(default=False, server_default=false())


class ValueRelation(Base):
    """A rule between the values of several settings, such as "chunk_overlap < chunk_size"."""

    __tablename__ = "console_value_relations"

    expression: Mapped[str] = mapped_column(String(500))
    severity: Mapped[str] = mapped_column(String(10), default="refuse", server_default="refuse")
    message: Mapped[str | None] = mapped_column(String(500))
