"""Secrets are known by their keys, and by passwords in addresses."""

import time

import pytest

from app.domain import settings

SECRET = [
    "smtp_pass",
    "apikey",
    "credential",
    "credentials",
    "jwt_signing",
    "webhook_signature",
    "llm-api-key",
    "llm.api.key",
    "private-key",
    "access-token",
    "openai_key",
    "db_pwd",
    "jwt_token",
    "aws_credentials",
    "passphrase",
    "apiKey",
    "OpenAIKey",
    "OPENAI_API_KEY",
    "smtp_pass2",
    "api_keys",
    "access_tokens",
    "slack-bot-token",
    "db.password",
    "client_secret",
]
OPEN = [
    "password_min_length",
    "password_reset_url",
    "password_reset_token_expire_minutes",
    "llm_max_tokens",
    "max_tokens",
    "token_count",
    "tokens_per_minute",
    "stop_token",
    "token_limit",
    "chunk_size",
    "primary_key",
    "sort_key",
    "cache_key",
    "public_key",
    "top_k",
    "jwt_algorithm",
    "first_pass",
    "compass",
    "keyboard",
    "monkey",
    "tokenizer",
    "bypass_cache",
]


@pytest.mark.parametrize("key", SECRET)
def test_a_key_that_names_a_secret_is_one(key):
    assert settings.is_secret(key)


@pytest.mark.parametrize("key", OPEN)
def test_a_key_about_something_else_is_none(key):
    assert not settings.is_secret(key)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("postgresql://u:pw@h/db", "postgresql://u:•••@h/db"),
        ("redis://:p@ss@h:6379/0", "redis://:•••@h:6379/0"),
        ("postgresql+psycopg://u:p/w@h/db", "postgresql+psycopg://u:•••@h/db"),
        ('{"url": "amqp://a:b@h", "n": 1}', '{"url": "amqp://a:•••@h", "n": 1}'),
        ("jdbc:mysql://h/db?user=a&password=pw&x=1", "jdbc:mysql://h/db?user=a&password=•••&x=1"),
    ],
)
def test_the_password_of_an_address_is_masked(value, shown):
    assert settings.masked(value) == shown
    assert settings.holds_password(value)


@pytest.mark.parametrize(
    "value",
    [
        "https://h:8080/a@b",
        "https://h/reset?token={token}",
        "https://user@h/",
        "mail me: a@b.example",
        "http://h/ at 5:30 @ noon",
    ],
)
def test_other_addresses_stay_as_they_are(value):
    assert settings.masked(value) == value
    assert not settings.holds_password(value)


def test_a_value_made_to_take_long_is_looked_at_quickly():
    begun = time.perf_counter()
    settings.masked("://x:" * 13_000)
    assert time.perf_counter() - begun < 2
