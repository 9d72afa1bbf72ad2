"""The search for users by the beginnings of words of their full names.

A text is split at blanks, and each part has to begin a word, the user name or the address. The
rarest part finds the users by indexes; the others are looked up for each of them. One part alone is
looked for in words only: `name_search` finds it in names.
"""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Label,
    Select,
    String,
    and_,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.models import User, UserNames, user_words
from app.models.user_names import BeyondAscii, StoredNames, is_copy_of
from app.models.user_words import split, words_of

MOST_PARTS = 8
COUNTED = 2_000  # the number of matches up to which those of a part are counted
HIGHEST = "\U0010ffff"

_WORD = user_words.c.word


def parts_of(text: str) -> tuple[str, ...]:
    """Return the parts of a text, without those that others begin with; none if they are many."""
    parts = {part for word in split(text) if (part := word.rstrip(",;"))}
    needed = sorted(
        part for part in parts if not any(other.startswith(part) for other in parts - {part})
    )
    return tuple(needed) if len(needed) <= MOST_PARTS else ()


def values(parts: Sequence[str]) -> dict[str, str]:
    """Return the parameters of the conditions for parts, the rarest first."""
    beginnings = {f"part_{number}": part for number, part in enumerate(parts)}
    return beginnings | {f"end_of_{name}": part + HIGHEST for name, part in beginnings.items()}


def by_rarest(count: int) -> list[Select[int]]:
    """Return queries of the ids of users whom all parts find, by the indexes of the first part.

    Args:
        count: The number of parts.
    """
    if not count:
        return []
    owner = aliased(User)
    others = [_is_found(number, owner) for number in range(1, count)]
    by_names = (
        select(owner.id).where(_begins(0, name), *others) for name in (owner.username, owner.email)
    )
    by_word = (
        select(user_words.c.user_id.label("id"))
        .join(UserNames, UserNames.id == user_words.c.user_id)
        .join(owner, and_(owner.id == user_words.c.user_id, is_copy_of(owner)))
        .where(_begins(0, _WORD), *others)
    )
    return [by_word, *(by_names if others else ())]


def of_each(count: int) -> list[ColumnElement[bool]]:
    """Return the condition that all parts find a user, for users that are read in an order."""
    if count == 1:
        return [_begins_word(0, User)]
    return [and_(*(_is_found(number, User) for number in range(count)))] if count else []


def counts(count: int) -> list[Label[int]]:
    """Return the columns that tell how many users each part finds, up to a limit."""
    return [_count(number).label(f"count_{number}") for number in range(count)]


def counted(parts: Sequence[str], row: Any) -> dict[str, int]:
    """Return the parts, the rarest first, with their numbers in a row with these columns."""
    numbers = {part: getattr(row, f"count_{number}") for number, part in enumerate(parts)}
    return dict(sorted(numbers.items(), key=itemgetter(1)))


def may_fit(user: Any, count: int, dialect: str) -> ColumnElement[bool]:
    """Return a condition that holds for every user whom the parts find by the full name.

    It holds for some others too: those with a full name outside ASCII.
    """
    position = func.strpos if dialect == "postgresql" else func.instr
    name = func.lower(user.full_name)
    found = (position(name, _part(number)) > 0 for number in range(count))
    return or_(BeyondAscii(user.full_name), *found)


def fit(parts: Iterable[str], user: StoredNames) -> bool:
    """Tell whether all parts find a user, of whom no words are stored yet."""
    texts = [user.username, user.email, *words_of(user.username, user.email, user.full_name)]
    return all(any(text.startswith(part) for text in texts) for part in parts)


def first(count: int, limit: int) -> list[Select[int]]:
    """Return the query of the first users whom a part alone finds, in the order of words."""
    return [query.order_by(_WORD).limit(limit) for query in by_rarest(count) if count == 1]


def _is_found(number: int, user: Any) -> ColumnElement[bool]:
    names = (_begins(number, name) for name in (user.username, user.email))
    return or_(*names, _begins_word(number, user))


def _begins_word(number: int, user: Any) -> ColumnElement[bool]:
    # No EXISTS, for which PostgreSQL would read the words of everybody first.
    found = (
        select(user_words.c.user_id)
        .join(UserNames, UserNames.id == user_words.c.user_id)
        .where(user_words.c.user_id == user.id, _begins(number, _WORD), is_copy_of(user))
        .limit(1)
        .correlate(user)
        .scalar_subquery()
    )
    return found.is_not(None)


def _count(number: int) -> ColumnElement[int]:
    columns = (_WORD, User.username, User.email)
    found = (
        select(column).where(_begins(number, column)).limit(COUNTED).subquery()
        for column in columns
    )
    rows = (select(func.count()).select_from(some).scalar_subquery() for some in found)
    by_word, by_username, by_email = rows
    return by_word + by_username + by_email


def _begins(number: int, text: Any) -> ColumnElement[bool]:
    return and_(text >= _part(number), text < bindparam(f"end_of_part_{number}", type_=String))


def _part(number: int) -> Any:
    return bindparam(f"part_{number}", type_=String)
