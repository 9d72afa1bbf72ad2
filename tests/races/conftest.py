"""After every race, everything holds: whoever has won, and whatever was tried again."""

from collections.abc import Iterator

import pytest

from app.domain import access, integrity
from app.models import DbSession


@pytest.fixture(autouse=True)
def _everything_holds(session: DbSession, request: pytest.FixtureRequest) -> Iterator[None]:
    had_administrator = access.has_administrator(session)
    session.rollback()
    yield
    session.rollback()
    session.expire_all()
    assert list(integrity.problems(session, session.rollback)) == []
    if not request.node.get_closest_marker("written_by_others"):
        assert list(integrity.left_by_others(session, session.rollback)) == []
    assert access.has_administrator(session) or not had_administrator
    session.rollback()
