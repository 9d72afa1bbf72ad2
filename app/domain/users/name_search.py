"""The search for users by the beginning of a name or, with an optional index, by any part of it.

Each search mode has two conditions: one that an index of names serves, and one that no index can
serve, for lists that are read in their own order. The text is a parameter of both, so that a query
is built once for all texts: building it takes longer than running it.
"""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, and_, bindparam, func, or_, select

from app.models import DbSession, User, user_trigrams
from app.models.base import normalised

HIGHEST = "\U0010ffff"
NAMES = (User.username, User.email)

_TEXT = bindparam("names_text", type_=String)
_BEYOND = bindparam("names_beyond", type_=String)
_PATTERN = bindparam("names_pattern", type_=String)
_TRIGRAMS = bindparam("names_trigrams", type_=String)
_SPECIAL = re.compile(r"[%_\\]")


@dataclass(frozen=True)
class SearchMode:
    """A way to search names; `NameSearch.values` has the parameters of its conditions.

    Attributes:
        dialect: The kind of database.
        is_anywhere: Whether the text may be any part of a name, not only its beginning.
    """

    dialect: str
    is_anywhere: bool

    @property
    def needs_index(self) -> bool:
        """Tell whether `by_index` works only while the index of all parts exists."""
        return self.is_anywhere and self.dialect == "sqlite"

    def by_index(self) -> ColumnElement[bool]:
        """Return the condition in the form that an index of names serves."""
        if not self.is_anywhere:
            return or_(*(_between(name, _TEXT, _BEYOND) for name in NAMES))
        if self.needs_index:
            return and_(User.id.in_(user_trigrams.candidates(_TRIGRAMS)), self.without_index())
        return or_(*(name.like(_PATTERN) for name in NAMES))

    def without_index(self) -> ColumnElement[bool]:
        """Return the condition in a form that no index serves."""
        position = func.strpos if self.dialect == "postgresql" else func.instr
        if self.is_anywhere:
            return or_(*(position(name, _TEXT) > 0 for name in NAMES))
        return or_(*(position(name, _TEXT) == 1 for name in NAMES))


@dataclass(frozen=True)
class NameSearch:
    """A search for a text in user names and email addresses.

    Attributes:
        text: The text, normalised as stored names are.
        dialect: The kind of database.
        has_index: Whether the database has an index of all parts of names.
    """

    text: str
    dialect: str
    has_index: bool

    @property
    def is_too_short(self) -> bool:
        """Tell whether the text has too few characters for the index."""
        return self.has_index and len(self.text) < user_trigrams.SHORTEST

    @property
    def is_anywhere(self) -> bool:
        """Tell whether the text may be any part of a name, not only its beginning."""
        return self.has_index and not self.is_too_short

    @property
    def mode(self) -> SearchMode:
        """The search mode."""
        return SearchMode(self.dialect, self.is_anywhere)

    @property
    def values(self) -> dict[str, str]:
        """The parameters of the conditions of a search mode, by name."""
        literal = _SPECIAL.sub(r"\\\g<0>", self.text)
        return {
            _TEXT.key: self.text,
            _BEYOND.key: self.text + HIGHEST,
            _PATTERN.key: f"%{literal}%",
            _TRIGRAMS.key: user_trigrams.trigrams_of(self.text),
        }


def prepare(session: DbSession, text: str) -> NameSearch:
    """Return the search for a text, with one statement that looks for the index."""
    dialect = session.get_bind().dialect.name
    has_index = session.scalar(select(user_trigrams.is_kept(dialect)))
    return NameSearch(normalised(text), dialect, bool(has_index))


def begins(column: Any, text: str) -> ColumnElement[bool]:
    """Return the condition that a user name or email address begins with the text."""
    start = normalised(text)
    return _between(column, start, start + HIGHEST)


def _between(column: Any, start: Any, beyond: Any) -> ColumnElement[bool]:
    # A range: every database serves it by an index, unlike LIKE in PostgreSQL's C.UTF-8.
    return and_(column >= start, column < beyond)
