"""How users are found by a text: by the beginning of a name or, with an index for it, by any part.

Each way is spelled twice: so that an index finds the names, and so that no index can, for whoever
walks along the order of a list and looks at each name.
"""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.domain import substrings
from app.models import DbSession, User
from app.models.base import normalised

HIGHEST = "\U0010ffff"
NAMES = (User.username, User.email)

_SPECIAL = re.compile(r"[%_\\]")


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
        return self.has_index and len(self.text) < substrings.SHORTEST

    @property
    def is_anywhere(self) -> bool:
        """Tell whether names are found by any part of them, and not only by their beginning."""
        return self.has_index and not self.is_too_short

    @property
    def needs_index(self) -> bool:
        """Tell whether `by_index` can be asked only while the index is there."""
        return self.is_anywhere and self.dialect == "sqlite"

    def fits(self, *names: str) -> bool:
        """Tell whether one of the names of a user is found."""
        if self.is_anywhere:
            return any(self.text in name for name in names)
        return any(name.startswith(self.text) for name in names)

    def by_index(self) -> ColumnElement[bool]:
        """Return the condition as an index answers it."""
        if not self.is_anywhere:
            return or_(*(begins(name, self.text) for name in NAMES))
        if self.needs_index:
            return and_(User.id.in_(substrings.candidates(self.text)), self.by_comparison())
        literal = _SPECIAL.sub(r"\\\g<0>", self.text)
        return or_(*(name.like(f"%{literal}%") for name in NAMES))

    def by_comparison(self) -> ColumnElement[bool]:
        """Return the condition as no index answers it."""
        place = func.strpos if self.dialect == "postgresql" else func.instr
        if self.is_anywhere:
            return or_(*(place(name, self.text) > 0 for name in NAMES))
        return or_(*(place(name, self.text) == 1 for name in NAMES))


def prepare(session: DbSession, text: str) -> NameSearch:
    """Return how the database can be searched for a text, in one statement."""
    dialect = session.get_bind().dialect.name
    has_index = session.scalar(select(substrings.is_kept(dialect)))
    return NameSearch(normalised(text), dialect, bool(has_index))


def begins(column: Any, text: str) -> ColumnElement[bool]:
    """Return the condition that a user name or e-mail address begins with the text."""
    # A range, which every database answers from the index; LIKE is not, in PostgreSQL's C.UTF-8.
    start = normalised(text)
    return and_(column >= start, column < start + HIGHEST)
