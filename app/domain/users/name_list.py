"""Users looked up by a pasted list of user names, email addresses and full names."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select, union

from app.domain import access
from app.domain.actor import Actor
from app.domain.errors import InvalidValue
from app.domain.permissions import PermissionCode
from app.domain.phrases import listed
from app.domain.text import checked, is_name
from app.domain.users import lookup, name_copy
from app.domain.users.name_search import COPIES, NAMES
from app.domain.users.word_search import HIGHEST
from app.models import DbSession, User, UserNames, user_words
from app.models.base import normalised
from app.models.spelling import folded, is_same_address, key, stored_address
from app.models.user_words import split

MOST_NAMES = 500
NEAREST = 3
# Only for the first names that nobody has: a list of other people's names stays quick.
MOST_WITH_NEAREST = 20
CANDIDATES = 20
MOST_WORDS = 3
LIKE = 0.6

_SEPARATORS = re.compile(r"[\n\t,;|]+")
_IN_BRACKETS = re.compile(r"<([^<>\s]+@[^<>\s]+)>")
_NAME_OF_ADDRESS = re.compile(r'"[^"\n]*"\s*(?=<)')
_AROUND = " \r\"'“”‘’()[]{}<>*•-–"
_USERS = select(User.id, User.username, User.email, User.full_name, User.is_active)


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


@dataclass(frozen=True)
class ListedName:
    """A name of the list.

    Attributes:
        text: The name as it was pasted.
        people: The users who have it, or the nearest ones if nobody has.
    """

    text: str
    people: Sequence[ListedPerson]


@dataclass(frozen=True)
class NameList:
    """The names of a list, by what was found.

    Attributes:
        found: The users who were found, each once.
        ambiguous: The names that several users have.
        missing: The names that nobody has, with the nearest users.
    """

    found: Sequence[ListedPerson]
    ambiguous: Sequence[ListedName]
    missing: Sequence[ListedName]


def look_up(session: DbSession, text: str, *, actor: Actor) -> NameList:
    """Return the users that a pasted list names.

    Names are separated by lines, commas, semicolons, tabs or bars, or by spaces where the words
    between them are names of their own. Of "Ada Byron <ada@example.org>" the address counts.

    Raises:
        BeyondOwnPermissions: The actor may not see users.
        InvalidValue: The list has no names or too many.
    """
    access.require(session, actor, PermissionCode.USER_READ)
    pieces = _pieces(checked(text, field="names", what="The list"))
    if not pieces:
        raise InvalidValue("Enter at least one name or address.", field="names")
    if sum(len(piece.split()) for piece in pieces) > MOST_NAMES:
        message = f"The list has more than {MOST_NAMES} names. Look them up in several parts."
        raise InvalidValue(message, field="names")
    return _sorted_out(session, _resolved(session, pieces))


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for piece in _SEPARATORS.split(_NAME_OF_ADDRESS.sub("", text)):
        address = _IN_BRACKETS.search(piece)
        pieces.append(address.group(1) if address else " ".join(piece.strip(_AROUND).split()))
    return [piece for piece in dict.fromkeys(pieces) if piece]


def _resolved(
    session: DbSession, pieces: Sequence[str]
) -> list[tuple[str, Sequence[ListedPerson]]]:
    """Return each name of the list with the users who have it."""
    words = [word.strip(_AROUND) for piece in pieces for word in piece.split()]
    having_name = by_name(session, [word for word in dict.fromkeys(words) if word])
    by_full_name = _by_full_name(session, [piece for piece in pieces if piece not in having_name])
    resolved: list[tuple[str, Sequence[ListedPerson]]] = []
    for piece in pieces:
        if piece in having_name or piece.casefold() in by_full_name:
            resolved.append((piece, having_name.get(piece) or by_full_name[piece.casefold()]))
        elif any(word in having_name for word in piece.split()):
            resolved += [(word, having_name.get(word, ())) for word in piece.split()]
        else:
            resolved.append((piece, ()))
    return resolved


def _sorted_out(
    session: DbSession, resolved: Iterable[tuple[str, Sequence[ListedPerson]]]
) -> NameList:
    found: dict[int, ListedPerson] = {}
    ambiguous: list[ListedName] = []
    missing: list[ListedName] = []
    for text, people in resolved:
        if len(people) == 1:
            found[people[0].id] = people[0]
        elif people:
            ambiguous.append(ListedName(text, people))
        else:
            has_nearest = len(missing) < MOST_WITH_NEAREST
            missing.append(ListedName(text, _nearest(session, text) if has_nearest else ()))
    return NameList(list(found.values()), ambiguous, missing)


def by_name(session: DbSession, names: Sequence[str]) -> dict[str, list[ListedPerson]]:
    """Return the users with these user names or addresses, in whatever spelling, by the name."""
    keys = {key(name) for name in names}
    spellings = keys | {form for name in names for form in _stored_forms(name)}
    uncopied = name_copy.matching_ids(
        name_copy.uncopied(session), lambda user: not keys.isdisjoint(user.keys)
    )
    parts = [
        *(select(User.id).where(column.in_(spellings)) for column in NAMES),
        *(select(UserNames.id).where(column.in_(keys)) for column in COPIES),
        select(User.id).where(User.id.in_(uncopied)),
    ]
    people: dict[str, list[ListedPerson]] = {}
    for person in _people(session, union(*parts)):
        for name in {key(person.username), key(person.email)}:
            people.setdefault(name, []).append(person)
    fitting = {name: _fitting(name, people.get(key(name), ())) for name in names}
    return {name: persons for name, persons in fitting.items() if persons}


def ids_named(session: DbSession, names: Sequence[str]) -> frozenset[int]:
    """Return the IDs of the users with these user names or addresses; see `lookup.find`.

    One name takes as many statements as a thousand.

    Raises:
        InvalidValue: Nobody has one of the names.
    """
    people = by_name(session, [name for name in names if is_name(name)])
    if unknown := [name for name in dict.fromkeys(names) if name not in people]:
        raise InvalidValue(f"There is no user named {listed(unknown)}.", field="users")
    closest = (min(having, key=partial(lookup.distance, name)) for name, having in people.items())
    return frozenset(person.id for person in closest)


def _stored_forms(name: str) -> tuple[str, ...]:
    return name, normalised(name), stored_address(name)


def _fitting(name: str, people: Iterable[ListedPerson]) -> list[ListedPerson]:
    # Two addresses may be folded alike; see `is_same_address`.
    return [
        person
        for person in people
        if folded(person.username) == folded(name) or is_same_address(person.email, name)
    ]


def _by_full_name(session: DbSession, names: Collection[str]) -> dict[str, list[ListedPerson]]:
    if not names:
        return {}
    spellings = {form for name in names for form in (name, name.lower(), name.casefold())}
    has_name = User.full_name.in_(spellings) | func.lower(User.full_name).in_(spellings)
    wanted = {name.casefold() for name in names}
    people: dict[str, list[ListedPerson]] = {}
    for row in session.execute(_USERS.where(has_name).limit(MOST_NAMES)):
        person = ListedPerson(*row)
        name = " ".join((person.full_name or "").split()).casefold()
        if name in wanted:
            people.setdefault(name, []).append(person)
    return people


def _nearest(session: DbSession, text: str) -> list[ListedPerson]:
    """Return the users whose names are most like a text, of those that begin alike."""
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
    people = _people(session, union(*parts)) if parts else []
    alike = [(_likeness(text, person), person) for person in people]
    nearest = sorted(alike, key=lambda pair: pair[0], reverse=True)[:NEAREST]
    return [person for likeness, person in nearest if likeness >= LIKE]


def _beginnings(text: str) -> set[str]:
    return {text[:length] for length in (2, len(text) // 2, len(text) - 2)} - {""}


def _first(column: Any, row_id: Any, beginning: str) -> Select[Any]:
    query = select(row_id.label("id")).where(column >= beginning, column < beginning + HIGHEST)
    return select(query.order_by(column).limit(CANDIDATES).subquery().c.id)


def _likeness(text: str, person: ListedPerson) -> float:
    names = person.username, person.email, person.email.partition("@")[0], person.full_name or ""
    return max(SequenceMatcher(None, folded(text), folded(name)).ratio() for name in names)


def _people(session: DbSession, ids: Any) -> list[ListedPerson]:
    found = ids.subquery()
    query = _USERS.join(found, found.c.id == User.id).order_by(User.username)
    return [ListedPerson(*row) for row in session.execute(query)]
