"""Tokens of the people of the tests."""

from app.domain import users
from app.domain.users import NewToken
from app.models import DbSession, User
from tests.support.people import OPERATOR


def token_of(session: DbSession, user: User, scopes: frozenset[str] | None = None) -> str:
    """Return a new token of a user, which may do all that the user may, or what the scopes say."""
    _, text = users.create_token(session, user.id, NewToken("ci", scopes), actor=OPERATOR)
    session.commit()
    return text
