"""Words by whose beginnings people are found, besides their stored user names and addresses."""

import unicodedata
from collections.abc import Iterator

from sqlalchemy import Column, ForeignKey, Index, Integer, Table

from app.models.base import MYSQL_TABLE, Model, natural_key
from app.models.spelling import KEY_CHARACTERS, folded, key

# No row has what a stored name of the user, or another word, begins with: those find the user.
user_words = Table(
    "console_user_words",
    Model.metadata,
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("word", natural_key(KEY_CHARACTERS), primary_key=True),
    Index(None, "word", "user_id"),
    **MYSQL_TABLE,
)


def split(text: str) -> list[str]:
    """Return a text, folded and split at blanks."""
    # Folding makes blanks of some characters.
    return [word for part in text.split() for word in folded(part).split()]


def words_of(username: str, email: str, full_name: str | None) -> list[str]:
    """Return the words to store for a user, in order.

    They are those of the full name, and the user name and address where these are not stored
    folded. A word stands after a blank or punctuation, and ends at the next blank: "Jean-Pierre" is
    found by "jean-p" and by "pierre".
    """
    stored = {username, email}
    words = {key(name) for name in stored} - stored
    words.update(word for part in split(full_name or "") for word in _words_within(part))
    return sorted(
        word
        for word in words
        if not any(other.startswith(word) for other in (stored | words) - {word})
    )


def _words_within(part: str) -> Iterator[str]:
    yield part[:KEY_CHARACTERS]
    if part.isalnum():
        return
    for at in range(1, len(part)):
        if _is_punctuation(part[at - 1]) and not _is_punctuation(part[at]):
            yield part[at : at + KEY_CHARACTERS]


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character).startswith("P")
