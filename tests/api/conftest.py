"""Programs with tokens of the people of the tests."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Executable

from app import unit_of_work
from app.extensions import db
from app.models import DbSession, User
from tests.support.api import Program
from tests.support.tokens import token_of


@pytest.fixture
def program(app: Flask, session: DbSession) -> Callable[..., Program]:
    """Gives a person a program with a token: ``program(ada, {"settings:read"})``."""

    def program(who: User, scopes: set[str] | None = None) -> Program:
        token = token_of(session, who, None if scopes is None else frozenset(scopes))
        db.session.remove()
        return Program(app.test_client(), token)

    return program


@pytest.fixture
def late(session: DbSession, monkeypatch: pytest.MonkeyPatch) -> Callable[[Executable], None]:
    """Lets another connection write after a request was read, and before its change begins."""
    begin, engine = unit_of_work.begin_writing, session.get_bind().engine
    statements: list[Executable] = []

    def begin_late(*arguments: float) -> None:
        while statements:
            with engine.begin() as connection:
                connection.execute(statements.pop())
        begin(*arguments)

    monkeypatch.setattr(unit_of_work, "begin_writing", begin_late)
    return statements.append
