"""Folded copies of user names and email addresses, so that every stored spelling is found.

Users that are written by the models are copied in the same flush; `app.domain.users.name_copy`
copies those that other programs write.
"""

from collections.abc import Iterable
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    ForeignKey,
    String,
    event,
    func,
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

BETWEEN = "\n"
SOURCE_CHARACTERS = 2 * 255 + len(BETWEEN)
NAMES = ("username", "email")


class UserNames(Model):
    """The folded names of the user with the same id.

    A folded name is None where it equals the stored one: such names are found in ``users``, and
    an index of the others stays small. ``source`` is what the row was made from, so that a user
    whom another program has renamed since is noticed. Users whose names look alike have the same
    ``skeleton``.
    """

    __tablename__ = "console_user_names"

    id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    source: Mapped[str] = mapped_column(natural_key(SOURCE_CHARACTERS))
    username: Mapped[str | None] = mapped_column(natural_key(KEY_CHARACTERS), index=True)
    email: Mapped[str | None] = mapped_column(natural_key(KEY_CHARACTERS), index=True)
    skeleton: Mapped[str] = mapped_column(natural_key(KEY_CHARACTERS), index=True)


class StoredNames(NamedTuple):
    """The id and the names of a user, as they are stored."""

    id: int
    username: str
    email: str


def source_of(user: Any) -> ColumnElement[str]:
    """Return the expression for what the row of a user is made from."""
    # Written out, so that it takes no parameter.
    source: ColumnElement[str] = user.username + literal_column(f"'{BETWEEN}'", String) + user.email
    return source


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
    """Write the folded copies of these users' names, in place of those that there are."""
    # In the order of their ids, so that two programs never wait for each other.
    rows = sorted(map(_row, users), key=itemgetter("id"))
    if not rows:
        return
    names = [name for name in rows[0] if name != "id"]

    def changes(new: Any) -> dict[str, Any]:
        return {name: new[name] for name in names}

    statement = insert_or_update(connection.dialect.name, UserNames, ["id"], changes)
    connection.execute(statement, rows)


@event.listens_for(Session, "after_flush")
def _copy_flushed(session: Session, _context: object) -> None:
    if users := [row for row in (*session.new, *session.dirty) if _is_renamed(row)]:
        copy(session.connection(), users)


def _is_renamed(row: object) -> bool:
    if not isinstance(row, User):
        return False
    attributes = inspect(row).attrs
    return any(attributes[name].history.has_changes() for name in NAMES)


def _row(user: StoredNames | User) -> dict[str, Any]:
    folded = {name: key(getattr(user, name)) for name in NAMES}
    return {
        "id": user.id,
        "source": f"{user.username}{BETWEEN}{user.email}",
        **{name: None if text == getattr(user, name) else text for name, text in folded.items()},
        "skeleton": skeleton(user.username),
    }
