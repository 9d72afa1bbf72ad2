"""Application settings: what the backend is told at runtime."""

from sqlalchemy import String, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, natural_key


class ApplicationSetting(Base):
    """One setting of the backend.

    ``value`` is text whatever the data type is; None means "not set", which is not the empty text.
    """

    __tablename__ = "application_settings"

    key: Mapped[str] = mapped_column(natural_key(255), unique=True, index=True)
    value: Mapped[str | None] = mapped_column(Text)
    data_type: Mapped[str] = mapped_column(String(50), default="string", server_default="string")
    description: Mapped[str | None] = mapped_column(Text)
    is_mutable: Mapped[bool] = mapped_column(default=True, server_default=true())
    category: Mapped[str | None] = mapped_column(String(100), index=True)
