"""The base of all tables: the declarative base, column types and the clock."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import DateTime, Dialect, MetaData, String, Text
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, scoped_session
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

DbSession = Session | scoped_session[Any]

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
_UNREADABLE = "could not read a time"  # as app.database.refusals knows it
# What reading text, BLOBs and numbers raises; PyMySQL hands over text for a day that never was.
_NO_TIME = (ValueError, TypeError, OverflowError, AttributeError)
# What the narrowest INTEGER holds; drivers cannot even ask for more.
HIGHEST_ID = 2**31 - 1
MYSQL_TABLE: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    "mysql_row_format": "DYNAMIC",
}


def utcnow() -> datetime:
    """Return the current time as an aware datetime in UTC."""
    return datetime.now(UTC)


def normalised(name: str) -> str:
    """Return a user name as it is stored.

    Stripped, NFKC (Unicode Standard Annex 15) and case-folded, so that no database has to be
    trusted with a collation. Composed again after folding: what is stored stays as it is when it
    is normalised once more, as the model does. A folded "İ" is an "i" with a dot above: one is "i".
    """
    folded = unicodedata.normalize("NFKC", name.strip()).casefold().replace("i\u0307", "i")
    return unicodedata.normalize("NFKC", folded).strip()


def natural_key(length: int) -> TypeEngine[str]:
    """Return a string type that compares byte by byte on every database."""
    return (
        String(length)
        .with_variant(postgresql.VARCHAR(length, collation="C"), "postgresql")
        .with_variant(
            mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin"), "mysql", "mariadb"
        )
    )


def long_text() -> TypeEngine[str]:
    """Return a text type that holds more than the 65,535 bytes of MySQL's TEXT."""
    return Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC with microseconds on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """Say what the values are; a decorated type does not say it by itself."""
        return datetime

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Take DATETIME(6) on MySQL, which drops fractions otherwise."""
        if dialect.name in {"mysql", "mariadb"}:
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive datetimes; hand the others over in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A datetime without a time zone cannot be stored.")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], datetime | None]:
        """Make an error of the database of what another program stored and is no time."""
        read: Any = super().result_processor(dialect, coltype)

        def processed(value: Any) -> datetime | None:
            try:
                moment: datetime | None = read(value)
            except _NO_TIME as error:
                told = ValueError(_UNREADABLE)
                raise OperationalError("the times of a row", None, told) from error
            return moment

        return processed

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        """Return an aware datetime in UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class current_moment(FunctionElement[datetime]):
    """The server's clock to the microsecond, as the default of a column."""

    inherit_cache = True
    type = UtcDateTime()


@compiles(current_moment)
def _current_moment(_element: current_moment, _compiler: Any, **_: Any) -> str:
    return "CURRENT_TIMESTAMP"


@compiles(current_moment, "mysql", "mariadb")
def _current_moment_mysql(_element: current_moment, _compiler: Any, **_: Any) -> str:
    return "CURRENT_TIMESTAMP(6)"


class Model(DeclarativeBase):
    """The declarative base of the console's own tables: an id and nothing else."""

    metadata = MetaData(naming_convention=NAMING)
    __table_args__: Any = MYSQL_TABLE
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime()}

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)


class Base(Model):
    """The base of every other table: also the moments of creation and of the last change."""

    __abstract__ = True

    created_at: Mapped[datetime] = mapped_column(
        default=utcnow, server_default=current_moment(), sort_order=1
    )
    updated_at: Mapped[datetime] = mapped_column(
        default=utcnow, onupdate=utcnow, server_default=current_moment(), sort_order=1
    )
