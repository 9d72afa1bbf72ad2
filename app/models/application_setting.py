"""Application settings: what the backend is told at runtime."""

from sqlalchemy import String, Text, func, select, true
from sqlalchemy.orm import Mapped, column_property, mapped_column

from app.models.base import Base, natural_key
from app.models.setting_rule import SettingRule


class ApplicationSetting(Base):
    """One setting of the backend.

    ``value`` is text whatever the data type is; None means "not set", which is not the empty text.

    Attributes:
        secret_mark: Whether its rule marks it as a secret or as none; None where its key decides.
    """

    __tablename__ = "application_settings"

    key: Mapped[str] = mapped_column(natural_key(255), unique=True, index=True)
    value: Mapped[str | None] = mapped_column(Text)
    data_type: Mapped[str] = mapped_column(String(50), default="string", server_default="string")
    description: Mapped[str | None] = mapped_column(Text)
    is_mutable: Mapped[bool] = mapped_column(default=True, server_default=true())
    category: Mapped[str | None] = mapped_column(String(100), index=True)

    secret_mark: Mapped[bool | None] = column_property(
        select(SettingRule.is_secret)
        # To MySQL a key with spaces after it is the same key.
        .where(SettingRule.key == key, func.length(SettingRule.key) == func.length(key))
        .correlate_except(SettingRule)
        .scalar_subquery()
    )
