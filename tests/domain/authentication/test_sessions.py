"""Sessions of people who have signed in: who holds a token, and until when."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from app.domain.authentication import session_identity, sessions
from app.domain.errors import NotFound
from app.models import ConsoleSession, Permission, Role
from app.models.base import utcnow
from tests.support.contents import events
from tests.support.people import acting

LIMITS = sessions.Limits(idle=timedelta(minutes=30), lifetime=timedelta(hours=12))
BROWSER = sessions.Browser(address="203.0.113.9", user_agent="A browser")
SECRET = "a key"


@pytest.fixture
def token(session, vera):
    token = sessions.start(session, vera, BROWSER, secret=SECRET)
    session.commit()
    return token


def who(session, token, secret=SECRET):
    session.commit()
    return session_identity.identify(session, token, LIMITS, secret=secret)


def test_a_token_tells_who_asks_and_what_they_hold(session, person):
    nora = person("nora", roles=["viewer"], permissions=["user:read"], full_name="Nora N.")
    token = sessions.start(session, nora, BROWSER, secret=SECRET)

    identity = who(session, token)

    assert (identity.user_id, identity.username, identity.full_name) == (nora.id, "nora", "Nora N.")
    assert identity.codes == {"document:read", "user:read"}
    assert not identity.is_administrator
    assert (identity.can("user:read"), identity.can("user:update")) == (True, False)
    assert not identity.can("")


def test_an_administrator_holds_also_what_nobody_granted(session, ada):
    identity = who(session, sessions.start(session, ada, BROWSER, secret=SECRET))

    assert identity.is_administrator
    assert identity.can("something:new")


def test_names_made_by_other_programs_give_nothing_away(session, person):
    # A role or a code with a comma in it must not be read as two.
    odd = Permission(code="x,user:update", resource="x", action="update")
    nora = person("nora")
    nora.roles.append(Role(name="x,admin", permissions=[odd]))
    token = sessions.start(session, nora, BROWSER, secret=SECRET)

    identity = who(session, token)

    assert not identity.is_administrator
    assert not identity.can("user:update")


def test_only_a_digest_of_the_token_is_stored(session, token):
    row = session.execute(select(ConsoleSession.__table__)).one()

    assert len(token) == 43
    assert token not in str(row)
    assert len(row.token_hash) == len(row.fingerprint) == 64


@pytest.mark.parametrize("other", ["", "x", "0" * 64, "\0", "x" * 9999, "ü"])
def test_another_token_is_nobody(session, token, other):
    assert who(session, other) is None


def test_the_stored_digest_is_no_token(session, token):
    assert who(session, session.scalars(select(ConsoleSession.token_hash)).one()) is None


def test_with_another_key_every_session_is_over(session, token):
    assert who(session, token, secret="another key") is None


@pytest.mark.parametrize(
    ("column", "limit"), [("last_seen_at", LIMITS.idle), ("created_at", LIMITS.lifetime)]
)
def test_a_session_is_over_at_its_limit(session, token, column, limit):
    for age, is_over in ((limit - timedelta(seconds=20), False), (limit, True)):
        session.execute(update(ConsoleSession).values({column: utcnow() - age}))
        assert (who(session, token) is None) == is_over


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE users SET is_active = FALSE",
        "UPDATE users SET password_hash = 'hashed_password_here'",
        "DELETE FROM console_sessions",
        "DELETE FROM users",
    ],
)
def test_a_session_is_over_when_its_user_changes(session, token, change):
    session.execute(text(change))

    assert who(session, token) is None


def test_the_newest_ten_go_on(session, vera):
    tokens = [sessions.start(session, vera, BROWSER, secret=SECRET) for _ in range(12)]

    alive = [who(session, token) is not None for token in tokens]

    assert alive == [False, False] + [True] * 10


def test_a_browser_that_says_much_of_itself_is_cut_short(session, vera):
    client = sessions.Browser(address=None, user_agent="ü" * 400)
    sessions.start(session, vera, client, secret=SECRET)
    session.commit()

    assert session.scalars(select(ConsoleSession.user_agent)).one() == "ü" * 255


def test_one_s_own_session_is_ended_and_recorded(session, vera, token):
    identity = who(session, token)

    sessions.end_own(session, identity.session_id, actor=acting(vera))

    assert who(session, token) is None
    assert [(event.action, event.actor) for event in events(session)] == [("session:ended", "vera")]


def test_a_session_of_somebody_else_is_not_found(session, omar, token):
    identity = who(session, token)

    with pytest.raises(NotFound, match=r"That session has ended already\."):
        sessions.end_own(session, identity.session_id, actor=acting(omar))

    assert who(session, token) is not None
    assert events(session) == []


def test_a_session_ends_by_its_token(session, vera, token):
    other = sessions.start(session, vera, BROWSER, secret=SECRET)

    sessions.end_by_token(session, token)

    assert who(session, token) is None
    assert who(session, other) is not None


def test_the_list_has_what_is_not_over_and_marks_the_one_that_asks(session, vera, omar, token):
    current = who(session, token).session_id
    sessions.start(session, omar, BROWSER, secret=SECRET)
    for column, limit in (("last_seen_at", LIMITS.idle), ("created_at", LIMITS.lifetime)):
        sessions.start(session, vera, BROWSER, secret=SECRET)
        session.flush()
        newest = session.scalar(select(func.max(ConsoleSession.id)))
        aged = update(ConsoleSession).where(ConsoleSession.id == newest)
        session.execute(aged.values({column: utcnow() - limit}))

    [row] = sessions.of_user(session, vera.id, LIMITS, current=current)

    assert (row.id, row.address, row.user_agent) == (current, "203.0.113.9", "A browser")
    assert row.is_current
