"""Rate limits of the API: of a token, of a network that guesses tokens, and with a real Redis."""

import logging
import os
import uuid

import pytest
from redis import Redis, RedisError

from app import create_app
from app.config import ConfigurationError, read
from tests.support.api import Program
from tests.support.databases import close
from tests.support.servers import free_port
from tests.support.tokens import token_of

pytestmark = pytest.mark.only_on("sqlite")
# A database of its own, which is emptied of the keys that the test has written.
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")


@pytest.fixture
def limited(database, session, ada):
    """Serves consoles with limits: ``limited(API_PER_TOKEN="3")`` gives ada's program."""
    token, apps = token_of(session, ada), []

    def limited(**variables):
        apps.append(create_app(database.environ | variables))
        return Program(apps[-1].test_client(), token)

    yield limited
    for app in apps:
        close(app)


@pytest.fixture
def redis():
    """Gives a Redis, without what the test leaves there."""
    server = Redis.from_url(REDIS, socket_connect_timeout=1)
    try:
        server.ping()
    except RedisError as absence:
        pytest.skip(f"no Redis answers: {absence}")
    yield server
    for key in server.scan_iter("*rag-fortress-console:api*"):
        server.delete(key)
    server.close()


def test_a_token_has_so_many_requests_in_a_minute(limited):
    api = limited(API_PER_TOKEN="3")

    answers = [api.get("/users") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"token";q=3;w=60'
    assert answers[0].headers["RateLimit"].startswith('"token";r=2;t=')
    assert answers[3].mimetype == "application/problem+json"
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
    assert answers[3].json["detail"].startswith("This token has sent more than 3 requests")
    assert "RateLimit" not in api.client.get("/login").headers


def test_guesses_are_limited_and_a_token_that_works_goes_on(limited):
    api = limited(API_REFUSED_PER_NETWORK="2")
    guess = Program(api.client, "rfc_guess")

    statuses = [guess.get("/users").status_code for _ in range(4)]

    assert statuses == [401, 401, 429, 429]
    assert Program(api.client, "").get("/users").status_code == 429
    assert api.get("/users").status_code == 200


def test_a_redis_counts_for_all_processes(limited, redis):
    first, second = (limited(API_PER_TOKEN="3", API_LIMITS_STORE=REDIS) for _ in range(2))

    statuses = [api.get("/users").status_code for api in (first, second, first, second)]

    assert statuses == [200, 200, 200, 429]
    assert all(0 < redis.ttl(key) <= 120 for key in redis.scan_iter("*rag-fortress-console*"))


def test_without_its_redis_each_process_counts_its_own_and_says_so_once(limited, caplog):
    store = f"redis://:secret@127.0.0.1:{free_port()}/{uuid.uuid4().int % 9}"
    api = limited(API_PER_TOKEN="2", API_LIMITS_STORE=store)

    with caplog.at_level(logging.WARNING):
        statuses = [api.get("/users").status_code for _ in range(3)]

    assert statuses == [200, 200, 429]
    away = [line for line in caplog.messages if "rate limits" in line]
    assert away == ["The store of the rate limits is away: ConnectionError"]


@pytest.mark.parametrize("store", ["cache:6379", "memcached://cache", "redis://", "redis://a:b"])
def test_a_store_that_cannot_count_is_refused_without_its_password(store):
    with pytest.raises(ConfigurationError, match="API_LIMITS_STORE must be a URL such as redis:"):
        read({"API_LIMITS_STORE": store})


def test_valkey_is_spoken_to_as_redis():
    assert read({"API_LIMITS_STORE": "valkeys://a:1/2"}).api_limits.store == "rediss://a:1/2"
