"""Passwords are hashed and compared while nobody waits for it: no transaction is open meanwhile."""

import pytest
from argon2 import PasswordHasher

from app.domain import credentials, links
from app.extensions import db
from tests.people import PASSWORD

NEW = "another good password"


@pytest.fixture
def transactions(monkeypatch):
    """For each time that argon2 is at work, whether a transaction of the console is open."""
    seen = []

    def watched(work):
        def watch(*arguments):
            seen.append(db.session().in_transaction())
            return work(*arguments)

        return watch

    for name in ("hash", "verify"):
        monkeypatch.setattr(PasswordHasher, name, watched(getattr(PasswordHasher, name)))
    return seen


def test_at_signing_in(visitor, vera, transactions):
    assert visitor.submit("/login", username="vera", password=PASSWORD).status_code == 303
    assert transactions == [False]


def test_at_signing_in_with_a_hash_that_is_made_anew(visitor, person, transactions):
    weaker = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    person("nora", password_hash=weaker)
    transactions.clear()

    assert visitor.submit("/login", username="nora", password=PASSWORD).status_code == 303
    assert transactions == [False, False]


def test_at_setting_up(visitor, session, transactions):
    token = credentials.setup_link(session)
    first = {"username": "ada", "email": "ada@example.org", "password": NEW}

    assert visitor.submit(f"/setup/{token}", **first).status_code == 303
    assert transactions == [False]


def test_at_choosing_a_password(visitor, session, vera, transactions):
    token = links.issue(session, links.Purpose.RESET, user_id=vera.id)

    assert visitor.submit(f"/reset/{token}", password=NEW).status_code == 303
    assert transactions == [False]


def test_at_changing_one_s_own(sign_in, vera, transactions):
    changed = sign_in(vera).submit("/account/password", current=PASSWORD, password=NEW)

    assert changed.status_code == 303
    assert transactions == [False, False]
