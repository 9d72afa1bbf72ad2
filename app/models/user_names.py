"""Folded copies of names, so that users are found in every spelling and by their full names.

Users that are written by the models are copied in the same flush; `app.domain.users.name_copy`
copies those that other programs write.
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    ForeignKey,
    String,
    and_,
    delete,
    event,
    func,
    insert,
    inspect,
    literal_column,
    or_,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.functions import FunctionElement

from app.models.base import Model, natural_key
from app.models.lookalikes import skeleton
from app.models.spelling import KEY_CHARACTERS, key
from app.models.upsert import insert_or_update
from app.models.user import User
from app.models.user_words import user_words, words_of

BETWEEN = "\n"
SOURCE_CHARACTERS = 2 * 255 + len(BETWEEN)
NAMES = ("username", "email")
AT_ONCE = 1_000


class UserNames(Model):
    """The folded names of the user with the same id.

    A folded name is None where it equals the stored one: such names are found in ``users``, and
    an index of the others stays small. ``source`` and ``full_name`` are what the row and the words
    of the user were made from, so that a user whom another program has renamed since is noticed.
    Users whose names look alike have the same ``skeleton``.
    """

    __tablename__ = "console_user_names"

    id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    source: Mapped[str] = mapped_column(natural_key(SOURCE_CHARACTERS))
    username: Mapped[str | None] = mapped_column(natural_key(KEY_CHARACTERS), index=True)
    email: Mapped[str | None] = mapped_column(natural_key(KEY_CHARACTERS), index=True)
    skeleton: Mapped[str] = mapped_column(natural_key(KEY_CHARACTERS), index=True)
    # Compared with the column of the users, so of the same type.
    full_name: Mapped[str | None] = mapped_column(String(255))


class StoredNames(NamedTuple):
    """The id and the names of a user, as they are stored."""

    id: int
    username: str
    email: str
    full_name: str | None

    @property
    def keys(self) -> set[str]:
        """The folded user name and address."""
        return {key(self.username), key(self.email)}


def source_of(user: Any) -> ColumnElement[str]:
    """Return the expression for what the row of a user is made from."""
    # Written out, so that it takes no parameter.
    source: ColumnElement[str] = user.username + literal_column(f"'{BETWEEN}'", String) + user.email
    return source


def is_copy_of(user: Any) -> ColumnElement[bool]:
    """Return a condition that holds for copies that were made from a user as they are now."""
    is_same: ColumnElement[bool] = UserNames.full_name.is_not_distinct_from(user.full_name)
    return and_(UserNames.source == source_of(user), is_same)


class BeyondAscii(FunctionElement[bool]):
    """The question whether a text has a character outside ASCII."""

    inherit_cache = True
    type = Boolean()


@compiles(BeyondAscii)
def _beyond_ascii(element: BeyondAscii, compiler: Any, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    return f"(octet_length({text}) <> char_length({text}))"


@compiles(BeyondAscii, "sqlite")
def _beyond_ascii_sqlite(element: BeyondAscii, compiler: Any, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    return f"(length(CAST({text} AS BLOB)) <> length({text}))"


def may_be_odd(user: Any) -> ColumnElement[bool]:
    """Return a condition that holds for every user whose names are not stored folded.

    It holds for some others too: those with a name outside ASCII.
    """
    is_upper = (name != func.lower(name) for name in (user.username, user.email))
    is_beyond = (BeyondAscii(name) for name in (user.username, user.email))
    return or_(*is_upper, *is_beyond, user.email != func.replace(user.email, "xn--", ""))


def copy(connection: Connection, users: Iterable[StoredNames | User]) -> None:
    """Write the folded copies and words of these users' names, in place of those there are."""
    # In the order of their ids, so that two programs never wait for each other.
    ordered = sorted(users, key=attrgetter("id"))
    for start in range(0, len(ordered), AT_ONCE):
        _copy_some(connection, ordered[start : start + AT_ONCE])


def _copy_some(connection: Connection, users: Sequence[StoredNames | User]) -> None:
    rows = [copy_of(user) for user in users]
    names = [name for name in rows[0] if name != "id"]

    def changes(new: Any) -> dict[str, Any]:
        return {name: new[name] for name in names}

    statement = insert_or_update(connection.dialect.name, UserNames, ["id"], changes)
    connection.execute(statement, rows)
    ids = [user.id for user in users]
    connection.execute(delete(user_words).where(user_words.c.user_id.in_(ids)))
    words = [
        {"user_id": user.id, "word": word}
        for user in users
        for word in words_of(user.username, user.email, user.full_name)
    ]
    if words:
        connection.execute(insert(user_words), words)


@event.listens_for(Session, "after_flush")
def _copy_flushed(session: Session, _context: object) -> None:
    if users := [row for row in (*session.new, *session.dirty) if _is_renamed(row)]:
        copy(session.connection(), users)


def _is_renamed(row: object) -> bool:
    if not isinstance(row, User):
        return False
    attributes = inspect(row).attrs
    return any(attributes[name].history.has_changes() for name in (*NAMES, "full_name"))


def copy_of(user: StoredNames | User) -> dict[str, Any]:
    """Return the row with the copies of a user's names."""
    folded = {name: key(getattr(user, name)) for name in NAMES}
    return {
        "id": user.id,
        "source": f"{user.username}{BETWEEN}{user.email}",
        **{name: None if text == getattr(user, name) else text for name, text in folded.items()},
        "skeleton": skeleton(user.username),
        "full_name": user.full_name,
    }
