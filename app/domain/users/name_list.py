"""Users looked up by a pasted list of user names, email addresses and full names."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from sqlalchemy import func, select, union

from app.domain import access
from app.domain.actor import Actor
from app.domain.errors import InvalidValue
from app.domain.permissions import PermissionCode
from app.domain.phrases import listed
from app.domain.text import checked, is_name
from app.domain.users import lookup, name_copy
from app.domain.users.name_search import COPIES, NAMES
from app.domain.users.nearest_names import USERS, ListedPerson, nearest, people_with, words_uncopied
from app.models import DbSession, User, UserNames
from app.models.base import normalised
from app.models.spelling import folded, is_same_address, key, stored_address

MOST_NAMES = 500
# Only for the first names that nobody has: a list of other people's names stays quick.
MOST_WITH_NEAREST = 20

_SEPARATORS = re.compile(r"[\n\t,;|]+")
_IN_BRACKETS = re.compile(r"<([^<>\s]+@[^<>\s]+)>")
_NAME_OF_ADDRESS = re.compile(r'"[^"\n]*"\s*(?=<)')
_AROUND = " \r\"'“”‘’()[]{}<>*•-–"


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
    if sum(len(piece.split()) for piece in pieces) > MOST_NAMES:
        message = f"The list has more than {MOST_NAMES} names. Look them up in several parts."
        raise InvalidValue(message, field="names")
    resolved = _resolved(session, pieces) if pieces else []
    if not resolved:
        raise InvalidValue("Enter at least one name or address.", field="names")
    return _sorted_out(session, resolved)


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for piece in _SEPARATORS.split(_NAME_OF_ADDRESS.sub("", text)):
        address = _IN_BRACKETS.search(piece)
        pieces.append(address.group(1) if address else " ".join(piece.strip(_AROUND).split()))
    return [piece for piece in dict.fromkeys(pieces) if piece]


def _resolved(
    session: DbSession, pieces: Sequence[str]
) -> list[tuple[str, Sequence[ListedPerson]]]:
    """Return each name of the list with the users who have it; punctuation alone is no name."""
    words = {piece: _words(piece) for piece in pieces}
    having_name = by_name(session, list(dict.fromkeys(chain(*words.values()))))
    by_full_name = _by_full_name(session, [piece for piece in pieces if piece not in having_name])
    resolved: list[tuple[str, Sequence[ListedPerson]]] = []
    for piece in pieces:
        if piece in having_name or piece.casefold() in by_full_name:
            resolved.append((piece, having_name.get(piece) or by_full_name[piece.casefold()]))
        elif any(word in having_name for word in words[piece]):
            resolved += [(word, having_name.get(word, ())) for word in words[piece]]
        else:
            resolved.append((piece, ()))
    return [(name, people) for name, people in resolved if people or _has_letter(name)]


def _words(piece: str) -> list[str]:
    words = (word.strip(_AROUND) for word in piece.split())
    return [word for word in words if word]


def _has_letter(name: str) -> bool:
    return any(character.isalnum() for character in name)


def _sorted_out(
    session: DbSession, resolved: Sequence[tuple[str, Sequence[ListedPerson]]]
) -> NameList:
    has_missing = not all(people for _, people in resolved)
    uncopied = words_uncopied(session) if has_missing else {}
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
            missing.append(
                ListedName(text, nearest(session, text, uncopied) if has_nearest else ())
            )
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
    for person in people_with(session, union(*parts)):
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
    query = USERS.where(has_name).order_by(User.username).limit(MOST_NAMES)
    for row in session.execute(query):
        person = ListedPerson(*row)
        name = " ".join((person.full_name or "").split()).casefold()
        if name in wanted:
            people.setdefault(name, []).append(person)
    return people
