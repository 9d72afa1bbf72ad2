"""Programs with tokens of the people of the tests."""

from collections.abc import Callable

import pytest
from flask import Flask

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
