"""The search for users by the beginning of a name or, with an optional index, by any part of it.

Words of full names are found by their beginning in either case; see `word_search`.

Each search mode has two forms: one that an index of names serves, and one that no index can serve,
for lists that are read in their own order. The text is a parameter of both, so that a query is
built once for all texts: building it takes longer than running it.

Names that are stored in their folded form are found in `users`, the others by their folded copies
or, if they are not copied yet, by their ids.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Label,
    Select,
    String,
    and_,
    any_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    union,
)
from sqlalchemy.orm import aliased

from app.domain.users import name_copy, word_search
from app.domain.users.word_search import HIGHEST
from app.models import DbSession, User, UserNames, user_trigrams
from app.models.spelling import folded
from app.models.user_names import StoredNames, source_of

NAMES = (User.username, User.email)
COPIES = (UserNames.username, UserNames.email)

_TEXT = bindparam("names_text", type_=String)
_BEYOND = bindparam("names_beyond", type_=String)
_PATTERN = bindparam("names_pattern", type_=String)
_TRIGRAMS = bindparam("names_trigrams", type_=String)
# Written out: a search with many of them is rare, and one without any takes no parameter.
_UNCOPIED = bindparam("names_uncopied", type_=Integer, expanding=True, literal_execute=True)
# Written out, so that it takes no parameter.
_LOWEST = literal_column("''", String)
_BY_ID = select(User.id).where(User.id.in_(_UNCOPIED))
_SPECIAL = re.compile(r"[%_\\]")


@dataclass(frozen=True)
class SearchMode:
    """A way to search names; `NameSearch.values` has the parameters of its conditions.

    Attributes:
        dialect: The kind of database.
        is_anywhere: Whether the text may be any part of a name, not only its beginning.
        parts: The number of its parts by which words of full names are found.
    """

    dialect: str
    is_anywhere: bool
    parts: int = 0

    @property
    def needs_index(self) -> bool:
        """Tell whether `by_index` works only while the index of all parts exists."""
        return self.is_anywhere and self.dialect == "sqlite"

    def by_index(self, query: Select[Any]) -> Select[Any]:
        """Narrow a query of users to the matches, in the form that indexes of names serve."""
        if self.dialect == "postgresql":
            # It combines indexes for this; it would join the users of a union by reading them all.
            ids = func.array(union(*self._by_copies(), *self._by_words()).scalar_subquery())
            stored = map(_like if self.is_anywhere else _begins, NAMES)
            return query.where(or_(*stored, User.id == any_(ids), User.id.in_(_UNCOPIED)))
        # A query for each index: the databases would read every user for one condition.
        by_names = *self._by_stored_names(), *self._by_copies()
        found = union(*by_names, *self._by_words(), _BY_ID).subquery()
        if self.dialect == "sqlite":
            return query.where(User.id.in_(select(found.c.id)))
        # MariaDB would read every user and look each up among the found ids, unless they are sums.
        return query.join(found, User.id == found.c.id + 0)

    def first(self, limit: int) -> list[Select[int]]:
        """Return queries of the ids of the first matches by each index of names."""
        stored = [(select(User.id).where(_begins(name)), name) for name in NAMES]
        copied = [(_copied(name, _begins), name) for name in COPIES]
        queries = [query.order_by(name).limit(limit) for query, name in (*stored, *copied)]
        return [*queries, *word_search.first(self.parts, limit), _BY_ID.limit(limit)]

    def without_index(self) -> ColumnElement[bool]:
        """Return the condition in a form that no index serves."""
        at = (self._position(name) for name in NAMES)
        stored = (position > 0 if self.is_anywhere else position == 1 for position in at)
        copied = or_(*map(self._fits, COPIES))
        # For each user by its id: they may be few, and the copies that fit many.
        has_copy = exists().where(
            UserNames.id == User.id, UserNames.source == source_of(User), copied
        )
        by_words = word_search.of_each(self.parts)
        return or_(*stored, has_copy, *by_words, User.id.in_(_UNCOPIED))

    def _by_copies(self) -> list[Select[int]]:
        fits = _like if self.is_anywhere and not self.needs_index else self._fits
        return [_copied(name, fits) for name in COPIES]

    def _by_words(self) -> list[Select[int]]:
        return word_search.by_rarest(self.parts)

    def _by_stored_names(self) -> list[Select[int]]:
        users = select(User.id)
        if not self.is_anywhere:
            return [users.where(_begins(name)) for name in NAMES]
        if self.needs_index:
            candidates = User.id.in_(user_trigrams.candidates(_TRIGRAMS))
            return [users.where(candidates, or_(*map(self._fits, NAMES)))]
        return [users.where(or_(*map(_like, NAMES)))]

    def _fits(self, name: Any) -> ColumnElement[bool]:
        return self._position(name) > 0 if self.is_anywhere else _begins(name)

    def _position(self, name: Any) -> ColumnElement[int]:
        return (func.strpos if self.dialect == "postgresql" else func.instr)(name, _TEXT)


@dataclass(frozen=True)
class NameSearch:
    """A search for a text in user names and email addresses.

    Attributes:
        text: The folded text.
        dialect: The kind of database.
        has_index: Whether the database has an index of all parts of names.
        parts: The parts of the text by which words are found, the rarest first.
        most: The number of users whom the rarest part finds, as far as they are counted.
        uncopied: Users whose names are not copied yet.
    """

    text: str
    dialect: str
    has_index: bool
    parts: tuple[str, ...] = ()
    most: int = word_search.COUNTED
    uncopied: tuple[StoredNames, ...] = ()

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
        return SearchMode(self.dialect, self.is_anywhere, len(self.parts))

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of the conditions of a search mode, by name."""
        literal = _SPECIAL.sub(r"\\\g<0>", self.text)
        return {
            _TEXT.key: self.text,
            _BEYOND.key: self.text + HIGHEST,
            _PATTERN.key: f"%{literal}%",
            _TRIGRAMS.key: user_trigrams.trigrams_of(self.text),
            _UNCOPIED.key: name_copy.matching_ids(self.uncopied, self._fits),
            **word_search.values(self.parts),
        }

    def after(self, answers: Any, uncopied: Iterable[StoredNames]) -> "NameSearch":
        """Return the search with what the row of answers for `answers_for` tells."""
        parts = word_search.counted(self.parts, answers)
        most = min(parts.values(), default=word_search.COUNTED)
        known = replace(self, parts=tuple(parts), most=most, uncopied=tuple(uncopied))
        return replace(known, has_index=bool(answers.has_index))

    def _fits(self, user: StoredNames) -> bool:
        is_named = any(map(self._is_part, user.keys))
        return is_named or (bool(self.parts) and word_search.fit(self.parts, user))

    def _is_part(self, name: str) -> bool:
        return self.text in name if self.is_anywhere else name.startswith(self.text)


def unprepared(session: DbSession, text: str) -> NameSearch:
    """Return the search for a text before anything is asked of the database."""
    parts = word_search.parts_of(text)
    # Of "ada ada" or "ada," one part is left.
    text = parts[0] if len(parts) == 1 else folded(text)
    return NameSearch(text, session.get_bind().dialect.name, has_index=True, parts=parts)


def prepare(session: DbSession, text: str) -> NameSearch:
    """Return the search for a text, with one statement."""
    names = unprepared(session, text)
    return names.after(*name_copy.ask(session, _preparation(names.mode), names.values))


def answers_for(mode: SearchMode) -> list[Label[Any]]:
    """Return the columns that a search has to know before; see `NameSearch.after`."""
    has_index = user_trigrams.is_kept(mode.dialect).label("has_index")
    return [has_index, *word_search.counts(mode.parts)]


def with_uncopied(answers: Select[Any], mode: SearchMode) -> CompoundSelect[Any]:
    """Return a query for a row of answers and the users whom only their stored rows show."""

    def may_be_meant(user: Any) -> ColumnElement[bool]:
        return word_search.may_fit(user, mode.parts, mode.dialect)

    return name_copy.with_uncopied(answers, may_be_meant)


@cache
def _preparation(mode: SearchMode) -> CompoundSelect[Any]:
    return with_uncopied(select(*answers_for(mode)), mode)


def _copied(name: Any, fits: Callable[[Any], ColumnElement[bool]]) -> Select[int]:
    """Return the query of users with a folded copy that fits, and is still true."""
    owner = aliased(User)
    is_true = UserNames.source == source_of(owner)
    query = select(UserNames.id).join(owner, and_(owner.id == UserNames.id, is_true))
    return query.where(name >= _LOWEST, fits(name))


def _begins(name: Any) -> ColumnElement[bool]:
    # A range: every database serves it by an index, unlike LIKE in PostgreSQL's C.UTF-8.
    return and_(name >= _TEXT, name < _BEYOND)


def _like(name: Any) -> ColumnElement[bool]:
    like: ColumnElement[bool] = name.like(_PATTERN)
    return like
