"""Passwords at work, while others change the same rows."""

import threading
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import func, select, text

from app.domain import sign_in
from app.domain.actor import Actor, ActorKind
from app.domain.authentication import one_time_links, sessions
from app.domain.authentication.one_time_links import InvalidLink
from app.domain.errors import InvalidValue
from app.domain.sign_in import (
    AlreadySetUp,
    PasswordChange,
    Registration,
    SignInFailed,
    VerifiedPassword,
)
from app.domain.users import NewUser
from app.extensions import db
from app.models import ConsoleSession, User
from app.unit_of_work import carry_out
from tests.support.contents import events
from tests.support.people import OPERATOR, PASSWORD, PASSWORD_HASH, acting

VISITOR = Actor(kind=ActorKind.VISITOR, name="visitor")
BROWSER = sessions.Browser()
SECRET = "a key"
NEW = "another good password"
FIRST = Registration(NewUser("ada", "ada@example.org"), PASSWORD_HASH)
CHANGE = PasswordChange(PASSWORD_HASH, "the hash of another")


def complete(session, proof):
    work = partial(sign_in.complete, session, proof, BROWSER, actor=VISITOR, secret=SECRET)
    return carry_out(work, actor=VISITOR)


def proof_of(user):
    return VerifiedPassword(user.id, user.password_hash, None)


@pytest.fixture
def meanwhile(app, database):
    """Does in another connection what commits only after the console has begun to wait for it."""
    threads = []

    def meanwhile(statement, work, **parameters):
        engine = database.engine()
        with engine.connect() as other:
            other.exec_driver_sql("BEGIN IMMEDIATE" if database.name == "sqlite" else "SELECT 1")
            other.execute(text(statement), parameters)
            outcome = []

            def run():
                with app.app_context():
                    try:
                        outcome.append(work(db.session))
                    except InvalidValue as refusal:
                        outcome.append(str(refusal))

            threads.append(threading.Thread(target=run))
            threads[-1].start()
            threads[-1].join(0.4)
            assert outcome == []
            other.commit()
            threads[-1].join(20)
        engine.dispose()
        return outcome[0]

    return meanwhile


def test_proof_is_given_by_the_password_alone(session, vera):
    account = sign_in.find_account(session, "vera")

    assert sign_in.verify(account, PASSWORD) == VerifiedPassword(vera.id, PASSWORD_HASH, None)
    assert sign_in.verify(account, NEW) is None
    assert sign_in.find_account(session, "nobody") is None
    assert sign_in.verify(None, PASSWORD) is None


def test_signing_in_needs_proof(session, vera):
    with pytest.raises(SignInFailed, match=r"Wrong user name or password\."):
        complete(session, None)

    assert events(session) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE users SET is_active = FALSE WHERE username = 'vera'",
        "UPDATE users SET password_hash = 'another' WHERE username = 'vera'",
        "DELETE FROM user_roles; DELETE FROM users WHERE username = 'vera'",
    ],
)
def test_proof_is_worth_nothing_once_the_user_has_changed(session, vera, change):
    proof = proof_of(vera)
    for statement in change.split(";"):
        session.execute(text(statement))
    session.commit()

    with pytest.raises(SignInFailed):
        complete(session, proof)

    assert session.scalar(select(func.count(ConsoleSession.id))) == 0


def test_a_better_hash_never_overwrites_a_password_set_at_that_moment(session, vera, meanwhile):
    proof = replace(proof_of(vera), better_hash="a better hash of the old password")
    session.commit()

    outcome = meanwhile(
        "UPDATE users SET password_hash = 'the new one' WHERE id = :id",
        lambda session: complete(session, proof),
        id=vera.id,
    )

    assert outcome == "Wrong user name or password."
    session.expire_all()
    assert vera.password_hash == "the new one"


def test_one_s_own_change_never_overwrites_another_made_at_that_moment(session, vera, meanwhile):
    actor = acting(vera)
    session.commit()

    def change(session):
        return sign_in.change_password(session, CHANGE, BROWSER, actor=actor, secret=SECRET)

    outcome = meanwhile(
        "UPDATE users SET password_hash = 'the new one' WHERE id = :id",
        lambda session: carry_out(lambda: change(session), actor=actor),
        id=vera.id,
    )

    assert outcome == "Your password was changed a moment ago."
    session.expire_all()
    assert vera.password_hash == "the new one"


def test_a_new_password_ends_sessions_and_links(session, vera):
    token = one_time_links.issue(session, one_time_links.Purpose.RESET, user_id=vera.id)
    sessions.start(session, vera, BROWSER, secret=SECRET)
    actor = acting(vera)

    sign_in.change_password(session, CHANGE, BROWSER, actor=actor, secret=SECRET)
    session.commit()

    assert session.scalar(select(func.count(ConsoleSession.id))) == 1
    with pytest.raises(InvalidLink):
        sign_in.link_owner(session, token)
    assert [event.action for event in events(session)] == ["password:changed"]


def test_there_is_no_set_up_link_once_somebody_administers(session, ada):
    with pytest.raises(AlreadySetUp, match=r"There is an administrator already\."):
        sign_in.issue_setup_link(session, actor=OPERATOR)


def test_a_set_up_link_makes_nobody_once_somebody_administers(session, person):
    token = sign_in.issue_setup_link(session, actor=OPERATOR)
    person("nora", roles=["admin"])

    with pytest.raises(AlreadySetUp):
        sign_in.set_up(session, token, FIRST, BROWSER, actor=VISITOR, secret=SECRET)

    session.rollback()
    assert session.scalars(select(User.username)).all() == ["nora"]
