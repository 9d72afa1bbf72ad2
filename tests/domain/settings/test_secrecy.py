"""Secrets are known by their keys, and by passwords in addresses."""

import time

import pytest

from app.domain import settings
from app.domain.errors import InvalidValue
from app.domain.settings import DataType

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.dBjftJeZ4CVP"
PRIVATE_KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"
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
    "masterkey",
    "licenseKey",
    "refreshtoken",
    "ldap_bindpw",
    "ssh.pem",
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
    "hotkeys",
    "is_private",
    "random_seed",
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
        ("https://h/#access_token=a.b&x=1", "https://h/#access_token=•••&x=1"),
        ("https://h/blob?sv=1&sig=ab%3D", "https://h/blob?sv=1&sig=•••"),
        ("https://ghp_0123456789abcdef@h/r", "https://•••@h/r"),
        ("Server=h;User Id=sa;Password=hunter2;", "Server=h;User Id=sa;Password=•••;"),
        ("host=h dbname=d password=hunter2", "host=h dbname=d password=•••"),
        ("host=h password='two words' dbname=d", "host=h password=••• dbname=d"),
        ('Server=h;Password="a;b c";Port=1', "Server=h;Password=•••;Port=1"),
        ('{"dsn": "password=pw host=h", "n": 1}', '{"dsn": "password=••• host=h", "n": 1}'),
        ('"host=h password=pw port=1"', '"host=h password=••• port=1"'),
        ('{"a": "Server=h;Password=\\"a b\\""}', '{"a": "Server=h;Password=•••"}'),
        (
            r'"{\"model\": \"m\", \"password\": \"a\\\"b\", \"n\": 1}"',
            r'"{\"model\": \"m\", \"password\": \"•••\", \"n\": 1}"',
        ),
        ("https://h/?api-version=1&api-key=pw", "https://h/?api-version=1&api-key=•••"),
        (
            '{"smtp": {"host": "h", "password": "a\\"b"}}',
            '{"smtp": {"host": "h", "password": "•••"}}',
        ),
        ('[{"apiKey": "a"}, {"token": "a"}]', '[{"apiKey": "•••"}, {"token": "a"}]'),
        (f"Authorization: Bearer {JWT}", "Authorization: Bearer •••"),
        (f"the key is {'sk-' + 'x' * 24}.", "the key is •••."),
        (PRIVATE_KEY, "-----BEGIN RSA PRIVATE KEY-----•••-----END RSA PRIVATE KEY-----"),
    ],
)
def test_a_password_in_a_value_is_masked(value, shown):
    assert settings.masked(value) == shown
    assert not settings.is_whole(value)


@pytest.mark.parametrize(
    "value",
    [
        "https://h:8080/a@b",
        "https://h/reset?token={token}",
        "https://user@h/",
        "mail me: a@b.example",
        "http://h/ at 5:30 @ noon",
        "Set password=... in your profile.",
        '{"key": "name", "eos_token": "</s>", "password": "", "api_key": "${KEY}"}',
        '{"password_min_length": "12"}',
        "Ask for the key-holder, sk-1.",
    ],
)
def test_other_addresses_stay_as_they_are(value):
    assert settings.masked(value) == value
    assert settings.is_whole(value)


def test_a_value_made_to_take_long_is_looked_at_quickly():
    for part in (
        "://x:",
        "-eyJ",
        '"key":',
        "https://",
        "sk-",
        "password=",
        '"api_key": "',
        "host=",
        "host= password='",
        r"\"password\":\"",
    ):
        begun = time.perf_counter()
        settings.masked(part * (65_000 // len(part)))
        assert time.perf_counter() - begun < 2


@pytest.mark.parametrize("end", ["", "@", " @"])
def test_a_long_text_of_colons_keeps_no_process_busy(end):
    begun = time.process_time()
    settings.masked("://:" * 250_000 + end)

    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "value", ["sk-abcdefghijklmnopqrstuvwx", "https://ghp_0123456789abcdef@h/r"]
)
def test_the_mask_of_a_token_is_no_value(value):
    shown = settings.masked(value)

    assert not settings.is_whole(shown)
    with pytest.raises(InvalidValue, match="stands for a password or a token that is not shown"):
        settings.canonical(shown, DataType.STRING)
