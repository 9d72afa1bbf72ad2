"""Tokens of the API: who may create one, what it may do, and when it is dead."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from app.domain import access, sign_in, users
from app.domain.actor import Actor, ActorKind
from app.domain.authentication import api_tokens, sessions, tokens
from app.domain.errors import BeyondOwnPermissions, InvalidValue, NotFound
from app.domain.users import NewToken, NewUser
from app.models import ApiToken, User, user_roles
from app.models.base import utcnow
from tests.support.contents import events
from tests.support.people import OPERATOR, PASSWORD, PASSWORD_HASH, acting
from tests.support.tokens import token_of

VISITOR = Actor(kind=ActorKind.VISITOR, name="visitor")


def identity(session, text):
    session.commit()
    return api_tokens.identify(session, text)


@pytest.fixture
def robot(session):
    new = NewUser("robot", "robot@example.org")
    user = users.create_service_account(session, new, actor=OPERATOR)
    session.commit()
    return user


def test_a_token_tells_its_owner_and_what_they_hold_at_this_moment(session, vera):
    text = token_of(session, vera)

    first = identity(session, text)
    session.execute(delete(user_roles).where(user_roles.c.user_id == vera.id))

    assert (first.user_id, first.username, first.codes) == (vera.id, "vera", {"document:read"})
    assert not identity(session, text).can("document:read")


def test_only_a_digest_is_stored(session, vera):
    text = token_of(session, vera)
    [row] = session.scalars(select(ApiToken))

    assert (row.token_hash, row.start) == (tokens.digest(text), text[:10])
    assert text not in str(vars(row))
    assert text not in str(events(session))


def test_scopes_limit_an_administrator_too(session, ada):
    found = identity(session, token_of(session, ada, frozenset({"settings:read"})))

    assert found.can("settings:read")
    assert not found.can("settings:update")
    actor = Actor(ActorKind.PROGRAM, "ada", id=ada.id, scopes=found.scopes)
    with pytest.raises(BeyondOwnPermissions):
        access.require(session, actor, "role:update")


@pytest.mark.parametrize(
    "values",
    [{"expires_at": utcnow() - timedelta(seconds=1)}, {"token_hash": "another"}],
)
def test_a_token_that_has_expired_or_is_unknown_is_dead(session, vera, values):
    text = token_of(session, vera)
    session.execute(update(ApiToken).values(values))

    assert identity(session, text) is None


def test_the_token_of_a_deactivated_owner_is_dead_at_once(session, vera):
    text = token_of(session, vera)
    users.deactivate(session, vera.id, actor=OPERATOR)

    assert identity(session, text) is None


@pytest.mark.only_on("sqlite")
def test_a_mistyped_token_is_known_by_its_checksum(session, vera):
    text = token_of(session, vera)
    wrong = text[:-9] + ("a" if text[-9] != "a" else "b") + text[-8:]

    assert (api_tokens.is_whole(text), api_tokens.is_whole(wrong)) == (True, False)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewToken(""), "name"),
        (NewToken("x" * 101), "name"),
        (NewToken("ci", days=0), "days"),
        (NewToken("ci", days=366), "days"),
        (NewToken("ci", frozenset()), "scopes"),
        (NewToken("ci", frozenset({"no:such"})), "scopes"),
    ],
)
def test_a_field_that_is_not_valid_is_refused(session, vera, new, field):
    with pytest.raises(InvalidValue) as refused:
        users.create_token(session, vera.id, new, actor=acting(vera))

    assert refused.value.field == field


@pytest.mark.only_on("sqlite")
def test_an_inactive_owner_and_one_with_too_many_get_no_token(session, vera, robot):
    lifetime = timedelta(days=1)
    for _ in range(50):
        api_tokens.issue(session, vera.id, "ci", None, lifetime)
    users.deactivate(session, robot.id, actor=OPERATOR)

    for owner, sentence in ((vera, "vera has 50 tokens already"), (robot, "robot is not active")):
        with pytest.raises(users.TokenRefused, match=sentence):
            users.create_token(session, owner.id, NewToken("ci"), actor=OPERATOR)


@pytest.mark.only_on("sqlite")
def test_nobody_creates_the_token_of_another_person(session, ada, vera):
    with pytest.raises(users.TokenRefused, match="vera is a person"):
        users.create_token(session, vera.id, NewToken("ci"), actor=acting(ada))


@pytest.mark.only_on("sqlite")
def test_a_token_creates_no_token(session, ada):
    actor = Actor(ActorKind.PROGRAM, "ada", id=ada.id)

    with pytest.raises(BeyondOwnPermissions, match="A token cannot create tokens"):
        users.create_token(session, ada.id, NewToken("ci"), actor=actor)


def test_an_administrator_revokes_the_token_of_another(session, ada, vera):
    text = token_of(session, vera)
    [token] = api_tokens.of_user(session, vera.id)

    users.revoke_token(session, vera.id, token.id, actor=acting(ada))

    assert identity(session, text) is None
    assert [(event.action, event.actor, event.target) for event in events(session)] == [
        ("token:created", "os:operator", "vera"),
        ("token:revoked", "ada", "vera"),
    ]
    with pytest.raises(NotFound):
        users.revoke_token(session, vera.id, token.id, actor=acting(ada))


@pytest.mark.only_on("sqlite")
def test_nobody_signs_in_to_a_service_account(session, robot):
    session.execute(update(User).where(User.id == robot.id).values(password_hash=PASSWORD_HASH))
    proof = sign_in.verify(sign_in.find_account(session, "robot"), PASSWORD)

    with pytest.raises(sign_in.SignInFailed):
        sign_in.complete(session, proof, sessions.Browser(), actor=VISITOR, secret="a key")
    with pytest.raises(users.HasNoPassword):
        users.start_reset(session, robot.id, actor=OPERATOR)
    assert token_of(session, robot)
