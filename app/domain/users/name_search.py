"""How users are found by a text: by the beginning of a name or, with an index for it, by any part.

Each way is spelled twice: so that an index finds the names, and so that no index can, for whoever
walks along the order of a list and looks at each name. Both leave the text open, so that a query is
made once for all texts: to make it anew takes longer than to ask it.
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
    """A way to search names; its conditions leave open what `NameSearch.values` has.

    Attributes:
        dialect: Which database is asked.
        is_anywhere: Whether names are found by any part of them, and not only by their beginning.
    """

    dialect: str
    is_anywhere: bool

    @property
    def needs_index(self) -> bool:
        """Tell whether `by_index` can be asked only while the index of all parts is there."""
        return self.is_anywhere and self.dialect == "sqlite"

    def by_index(self) -> ColumnElement[bool]:
        """Return the condition as an index answers it."""
        if not self.is_anywhere:
            return or_(*(_between(name, _TEXT, _BEYOND) for name in NAMES))
        if self.needs_index:
            return and_(User.id.in_(user_trigrams.candidates(_TRIGRAMS)), self.by_comparison())
        return or_(*(name.like(_PATTERN) for name in NAMES))

    def by_comparison(self) -> ColumnElement[bool]:
        """Return the condition as no index answers it."""
        place = func.strpos if self.dialect == "postgresql" else func.instr
        if self.is_anywhere:
            return or_(*(place(name, _TEXT) > 0 for name in NAMES))
        return or_(*(place(name, _TEXT) == 1 for name in NAMES))


@dataclass(frozen=True)
class NameSearch:
    """A text that is looked for in user names and e-mail addresses.

    Attributes:
        text: The text, as names are stored.
        dialect: Which database is asked.
        has_index: Whether the database has an index of all parts of the names.
    """

    text: str
    dialect: str
    has_index: bool

    @property
    def is_too_short(self) -> bool:
        """Tell whether the text has too few characters for the index that there is."""
        return self.has_index and len(self.text) < user_trigrams.SHORTEST

    @property
    def is_anywhere(self) -> bool:
        """Tell whether names are found by any part of them, and not only by their beginning."""
        return self.has_index and not self.is_too_short

    @property
    def way(self) -> SearchMode:
        """How the names are searched."""
        return SearchMode(self.dialect, self.is_anywhere)

    @property
    def values(self) -> dict[str, str]:
        """What the conditions of a way leave open, by the names of their parameters."""
        literal = _SPECIAL.sub(r"\\\g<0>", self.text)
        return {
            _TEXT.key: self.text,
            _BEYOND.key: self.text + HIGHEST,
            _PATTERN.key: f"%{literal}%",
            _TRIGRAMS.key: user_trigrams.trigrams_of(self.text),
        }


def prepare(session: DbSession, text: str) -> NameSearch:
    """Return how the database can be searched for a text, in one statement."""
    dialect = session.get_bind().dialect.name
    has_index = session.scalar(select(user_trigrams.is_kept(dialect)))
    return NameSearch(normalised(text), dialect, bool(has_index))


def begins(column: Any, text: str) -> ColumnElement[bool]:
    """Return the condition that a user name or e-mail address begins with the text."""
    start = normalised(text)
    return _between(column, start, start + HIGHEST)


def _between(column: Any, start: Any, beyond: Any) -> ColumnElement[bool]:
    # A range, which every database answers from the index; LIKE is not, in PostgreSQL's C.UTF-8.
    return and_(column >= start, column < beyond)
