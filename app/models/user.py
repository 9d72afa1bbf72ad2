"""Users, the roles they hold and the permissions that roles grant."""

from typing import ClassVar, Protocol

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
    func,
    or_,
    true,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import (
    InstrumentedAttribute,
    Mapped,
    mapped_column,
    relationship,
    validates,
)
from sqlalchemy.sql.functions import Function

from app.models.base import MYSQL_TABLE, Base, natural_key, normalised
from app.models.spelling import shown_address, stored_address

ADMIN = "admin"
NO_PASSWORD = "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$"
PASSWORD = "$argon2id$v=19$"
# Heads of hashes that a password can match, and the length of those by bcrypt.
ARGON2 = ("$argon2id$v=", "$argon2i$v=", "$argon2d$v=")
BCRYPT, BCRYPT_LENGTH = ("$2a$", "$2b$", "$2y$"), 60


def _head(text: ColumnElement[str] | InstrumentedAttribute[str], length: int) -> Function[str]:
    return func.substr(text, 1, length)


def _association(name: str, owner: str, owned: str) -> Table:
    return Table(
        name,
        Base.metadata,
        Column(
            f"{owner}_id",
            Integer,
            ForeignKey(f"{owner}s.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        Column(
            f"{owned}_id",
            Integer,
            ForeignKey(f"{owned}s.id", ondelete="CASCADE"),
            primary_key=True,
            index=True,
        ),
        **MYSQL_TABLE,
    )


user_roles = _association("user_roles", "user", "role")
role_permissions = _association("role_permissions", "role", "permission")


class Hashing(Protocol):
    """The hashing of passwords, which the domain hands to the model."""

    def hash_password(self, password: str) -> str:
        """Return the string to store for a password."""

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Tell whether a password matches a stored string."""


class Permission(Base):
    """A single thing that may be allowed, named ``resource:action``."""

    __tablename__ = "permissions"
    __table_args__ = (Index(None, "resource", "action"), MYSQL_TABLE)

    code: Mapped[str] = mapped_column(natural_key(255), unique=True, index=True)
    resource: Mapped[str] = mapped_column(String(100), index=True)
    action: Mapped[str] = mapped_column(String(100))
    description: Mapped[str | None] = mapped_column(Text)

    roles: Mapped[list["Role"]] = relationship(
        secondary=role_permissions, back_populates="permissions", order_by="Role.name"
    )


class Role(Base):
    """A named set of permissions that is assigned to users.

    The role named ``admin`` grants every permission there is, also one that is added later.
    """

    __tablename__ = "roles"

    name: Mapped[str] = mapped_column(natural_key(100), unique=True, index=True)
    description: Mapped[str | None] = mapped_column(Text)
    is_system: Mapped[bool] = mapped_column(default=False, server_default=false())

    permissions: Mapped[list[Permission]] = relationship(
        secondary=role_permissions, back_populates="roles", order_by="Permission.code"
    )
    users: Mapped[list["User"]] = relationship(
        secondary=user_roles, back_populates="roles", order_by="User.username"
    )

    @validates("name")
    def _normalise_name(self, _attribute: str, name: str) -> str:
        return name.strip().lower()

    def grants(self, code: str) -> bool:
        """Tell whether the role grants the permission ``code``."""
        return self.name == ADMIN or any(granted.code == code for granted in self.permissions)


class User(Base):
    """A person or program that can sign in, to the backend or to this console."""

    hashing: ClassVar[Hashing]

    __tablename__ = "users"
    __table_args__ = (Index("ix_users_created_at", "created_at"), MYSQL_TABLE)

    username: Mapped[str] = mapped_column(natural_key(255), unique=True, index=True)
    email: Mapped[str] = mapped_column(natural_key(255), unique=True, index=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    full_name: Mapped[str | None] = mapped_column(String(255))
    bio: Mapped[str | None] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true(), index=True)
    is_verified: Mapped[bool] = mapped_column(default=False, server_default=false())

    roles: Mapped[list[Role]] = relationship(
        secondary=user_roles, back_populates="users", order_by="Role.name"
    )

    @validates("username")
    def _normalise_name(self, _attribute: str, name: str) -> str:
        return normalised(name)

    @validates("email")
    def _normalise_email(self, _attribute: str, address: str) -> str:
        return stored_address(address)

    @property
    def display_name(self) -> str:
        """The full name, else the user name."""
        return self.full_name or self.username

    @property
    def shown_email(self) -> str:
        """The email address, with the letters of its domain."""
        return shown_address(self.email)

    @hybrid_property
    def has_password(self) -> bool:
        """Tell whether the stored hash is one that some password can match."""
        stored = self.password_hash
        is_bcrypt = stored.startswith(BCRYPT) and len(stored) == BCRYPT_LENGTH
        return is_bcrypt or (stored.startswith(ARGON2) and not stored.startswith(NO_PASSWORD))

    @has_password.inplace.expression
    @classmethod
    def _has_password(cls) -> ColumnElement[bool]:
        # Not by LIKE, which takes upper case for lower case on SQLite.
        stored = cls.password_hash
        is_bcrypt = _head(stored, 4).in_(BCRYPT) & (func.length(stored) == BCRYPT_LENGTH)
        is_argon2 = or_(*(_head(stored, len(head)) == head for head in ARGON2))
        return is_bcrypt | (is_argon2 & (_head(stored, len(NO_PASSWORD)) != NO_PASSWORD))

    def set_password(self, password: str) -> None:
        """Store the hash of a password; the rules for new ones are the interfaces' affair."""
        self.password_hash = self.hashing.hash_password(password)

    def check_password(self, password: str) -> bool:
        """Tell whether the password is the user's."""
        return self.hashing.verify(self.password_hash, password)

    def has_role(self, name: str) -> bool:
        """Tell whether the user has the role ``name``."""
        return any(role.name == name for role in self.roles)

    def has_permission(self, code: str) -> bool:
        """Tell whether one of the user's roles grants the permission ``code``."""
        return any(role.grants(code) for role in self.roles)
