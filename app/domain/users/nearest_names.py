"""The users whom a name may mean, and those whose names are nearest to a text."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Select, select, union

from app.domain.users import name_copy
from app.domain.users.name_search import COPIES, NAMES
from app.domain.users.word_search import HIGHEST
from app.models import DbSession, User, UserNames, user_words
from app.models.spelling import folded
from app.models.user_words import split

NEAREST = 3
CANDIDATES = 20
MOST_WORDS = 3
LIKE = 0.6
UserWords = Mapping[int, Sequence[str]]
USERS = select(User.id, User.username, User.email, User.full_name, User.is_active)


class ListedPerson(NamedTuple):
    """A user whom a name of the list may mean."""

    id: int
    username: str
    email: str
    full_name: str | None
    is_active: bool

    @property
    def display_name(self) -> str:
        """The full name, else the user name."""
        return self.full_name or self.username


def people_with(session: DbSession, ids: Any) -> list[ListedPerson]:
    """Return the users with the IDs that a query finds, by user name."""
    found = ids.subquery()
    query = USERS.join(found, found.c.id == User.id).order_by(User.username)
    return [ListedPerson(*row) for row in session.execute(query)]


def words_uncopied(session: DbSession) -> UserWords:
    """Return the words of the full names of users whose names are not copied, by their ids."""
    users = name_copy.all_uncopied(session)
    return {user.id: split(user.full_name) for user in users if user.full_name}


def nearest(session: DbSession, text: str, uncopied: UserWords) -> list[ListedPerson]:
    """Return the users whose names are most like a text, of those that begin alike.

    Args:
        session: The database session.
        text: The text.
        uncopied: What `words_uncopied` returns, read once for many texts.
    """
    columns = [*((name, User.id) for name in NAMES), *((copy, UserNames.id) for copy in COPIES)]
    words = split(text)[:MOST_WORDS]
    searched: list[tuple[Any, Any, str]] = [
        *((column, row_id, folded(text)) for column, row_id in columns),
        *((user_words.c.word, user_words.c.user_id, word) for word in words),
    ]
    parts = [
        _first(column, row_id, beginning)
        for column, row_id, wanted in searched
        for beginning in sorted(_beginnings(wanted))
    ]
    if ids := [id_ for word in words for id_ in _beginning_alike(word, uncopied)]:
        parts.append(select(User.id).where(User.id.in_(ids)))
    people = people_with(session, union(*parts)) if parts else []
    matcher = SequenceMatcher(b=folded(text))
    alike = [(_likeness(matcher, person, is_word=len(words) == 1), person) for person in people]
    closest = sorted(alike, key=lambda pair: pair[0], reverse=True)[:NEAREST]
    return [person for likeness, person in closest if likeness >= LIKE]


def _beginnings(text: str) -> set[str]:
    return {text[:length] for length in (2, len(text) // 2, len(text) - 2, len(text))} - {""}


def _beginning_alike(word: str, uncopied: UserWords) -> list[int]:
    """Return the first users with a word that begins alike; those that go on alike come first."""
    found: dict[int, None] = {}
    for beginning in sorted(_beginnings(word), key=len, reverse=True):
        alike = (
            id_
            for id_, words in uncopied.items()
            if any(each.startswith(beginning) for each in words)
        )
        found |= dict.fromkeys(islice(alike, CANDIDATES))
    return list(found)


def _first(column: Any, row_id: Any, beginning: str) -> Select[Any]:
    query = select(row_id.label("id")).where(column >= beginning, column < beginning + HIGHEST)
    return select(query.order_by(column).limit(CANDIDATES).subquery().c.id)


def _likeness(matcher: Any, person: ListedPerson, *, is_word: bool) -> float:
    """Return how much a name is like the text of the matcher; one word like each of a full name."""
    full_name = person.full_name or ""
    names = [person.username, person.email, person.email.partition("@")[0], full_name]
    best = 0.0
    for name in {folded(name) for name in names} | set(split(full_name) if is_word else ()):
        matcher.set_seq1(name)
        # The bounds of the ratio are much quicker to compute.
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
            best = max(best, matcher.ratio())
    return best
