import os
from datetime import timedelta

import pytest

from app import config
from app.config import ConfigurationError
from app.domain.permissions import PermissionCode

# Not a secret: every character is used once, so that it passes for a random one.
KEY = "Gq7ZkX2vN9wLr4TbYc8JmPd5HfSa3EuK-xW6"
CONTACT = (
    "SECURITY_CONTACT must be addresses with commas between them, such as"
    " mailto:security@example.org or https://example.org/security."
)
EXPIRES = (
    "SECURITY_CONTACT_EXPIRES must be the day up to which SECURITY_CONTACT is good,"
    " such as 2027-06-30."
)
GENERATE = "generate one, for example with openssl rand -base64 48."
DOMAINS = "EMAIL_DOMAINS must be domains with commas between them, such as corp.local, intranet."
BASE_URL = (
    "CONSOLE_BASE_URL must be a scheme, a host and perhaps a port and a path, "
    "such as https://console.example or https://example.org/console."
)
FACTORS = (
    "SECOND_FACTOR_FOR must be permissions with commas between them, of these: "
    f"{', '.join(PermissionCode)}."
)
NO_BASE64 = (
    "{} is not base64url: use the value of the backend, or generate one with"
    " openssl rand -base64 32."
)
SERVED = {"SECRET_KEY": KEY, "CONSOLE_BASE_URL": "https://console.example"}


def refusal(environ: dict[str, str]) -> str:
    with pytest.raises(ConfigurationError) as refused:
        config.read(environ)
    return str(refused.value)


def refusal_to_serve(environ: dict[str, str]) -> str:
    configuration = config.read(environ)
    with pytest.raises(ConfigurationError) as refused:
        config.check_serving(configuration)
    return str(refused.value)


def test_without_variables_it_is_production():
    configuration = config.read({})

    assert configuration.environment == "production"
    assert not configuration.is_development
    assert configuration.base_url is None
    assert configuration.secret_key is None
    assert configuration.session_idle == timedelta(minutes=30)
    assert configuration.session_lifetime == timedelta(hours=12)
    assert configuration.authentication_age == timedelta(minutes=30)


def test_sessions_last_as_long_as_is_said():
    configuration = config.read(
        {"CONSOLE_SESSION_IDLE_MINUTES": "5", "CONSOLE_SESSION_HOURS": "168"}
    )

    assert configuration.session_idle == timedelta(minutes=5)
    assert configuration.session_lifetime == timedelta(days=7)


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        ({"CONSOLE_ENV": "staging"}, "CONSOLE_ENV must be production or development."),
        (
            {"CONSOLE_SESSION_IDLE_MINUTES": "0"},
            "CONSOLE_SESSION_IDLE_MINUTES must be a whole number from 1 to 1440.",
        ),
        (
            {"CONSOLE_SESSION_HOURS": "169"},
            "CONSOLE_SESSION_HOURS must be a whole number from 1 to 168.",
        ),
        (
            {"CONSOLE_REAUTHENTICATE_MINUTES": "0"},
            "CONSOLE_REAUTHENTICATE_MINUTES must be a whole number from 1 to 1440.",
        ),
        (
            {"CONSOLE_ENV": "development", "PORT": "http"},
            "PORT must be a whole number from 1 to 65535.",
        ),
        ({"CONSOLE_LOG_FORMAT": "xml"}, "CONSOLE_LOG_FORMAT must be json or text."),
        ({"SECURITY_CONTACT": "security@example.org"}, CONTACT),
        ({"SECURITY_CONTACT_EXPIRES": "2027-06-30"}, CONTACT),
        ({"SECURITY_CONTACT": "https://example.org/report"}, EXPIRES),
        ({"CONSOLE_BASE_URL": "console.example"}, BASE_URL),
        ({"CONSOLE_BASE_URL": "ftp://console.example"}, BASE_URL),
        ({"CONSOLE_BASE_URL": "https://"}, BASE_URL),
        ({"CONSOLE_BASE_URL": "https://console.example/a//b"}, BASE_URL),
        ({"CONSOLE_BASE_URL": "https://console.example/../b"}, BASE_URL),
        ({"CONSOLE_BASE_URL": "https://console.example/a b"}, BASE_URL),
        ({"CONSOLE_BASE_URL": "https://console.example?x=1"}, BASE_URL),
        ({"CONSOLE_BASE_URL": "https://u:p@console.example"}, BASE_URL),
        ({"CONSOLE_BASE_URL": "https://console.example:port"}, BASE_URL),
        ({"CONSOLE_BASE_URL": "https://console.example:0"}, BASE_URL),
        ({"CONSOLE_BASE_URL": "https://konsole.örtlich.example"}, BASE_URL),
        ({"CONSOLE_BASE_URL": "https://a b"}, BASE_URL),
        ({"EMAIL_DOMAINS": "*.corp.local"}, DOMAINS),
        ({"EMAIL_DOMAINS": "admin@corp.local"}, DOMAINS),
        ({"EMAIL_DOMAINS": "corp.local;intranet"}, DOMAINS),
        ({"CONSOLE_BASE_URL": "https://[::1"}, BASE_URL),
        ({"AUDIT_KEY": "a key"}, "AUDIT_KEY must have at least 32 bytes."),
        ({"SECOND_FACTOR_FOR": "settings:update, settings:write"}, FACTORS),
        ({"MASTER_ENCRYPTION_KEY": "not base64!"}, NO_BASE64.format("MASTER_ENCRYPTION_KEY")),
        ({"SETTINGS_ENCRYPTION_KEY": "é" * 22}, NO_BASE64.format("SETTINGS_ENCRYPTION_KEY")),
        (
            {"SETTINGS_ENCRYPTION_KEY_FALLBACKS": "AAAAAAAAAAAAAAAAAAAA"},
            "SETTINGS_ENCRYPTION_KEY_FALLBACKS must hold at least 16 bytes.",
        ),
    ],
)
def test_a_mistake_is_one_line_that_names_the_variable(environ, line):
    assert refusal(environ) == line


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://console.example", "https://console.example"),
        ("HTTPS://Console.Example:443/", "https://console.example"),
        ("https://console.example:8443", "https://console.example:8443"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("http://console.example:80", "http://console.example"),
        ("https://example.org/console/", "https://example.org/console"),
        ("https://example.org:8443/Team-1/console", "https://example.org:8443/Team-1/console"),
    ],
)
def test_the_base_url_is_kept_as_browsers_write_an_origin(given, origin):
    assert config.read({"CONSOLE_BASE_URL": given}).base_url == origin


@pytest.mark.parametrize(
    ("environ", "origin"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"PORT": "9000"}, "http://127.0.0.1:9000"),
        ({"CONSOLE_BASE_URL": "http://localhost:9000"}, "http://localhost:9000"),
    ],
)
def test_development_needs_neither_a_key_nor_a_base_url(environ, origin):
    configuration = config.read({"CONSOLE_ENV": "development", **environ})

    config.check_serving(configuration)

    assert configuration.base_url == origin


def test_production_is_served_with_a_key_and_a_base_url():
    config.check_serving(config.read(SERVED))


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        ({"SECRET_KEY": ""}, f"SECRET_KEY is not set: {GENERATE}"),
        ({"SECRET_KEY": "dev"}, "SECRET_KEY must have at least 32 bytes."),
        ({"SECRET_KEY": KEY[:31]}, "SECRET_KEY must have at least 32 bytes."),
        (
            {"CONSOLE_BASE_URL": ""},
            (
                "CONSOLE_BASE_URL is not set: give the address of the console, such as "
                "https://console.example."
            ),
        ),
        (
            {"CONSOLE_BASE_URL": "http://console.example"},
            "CONSOLE_BASE_URL must begin with https:// in production.",
        ),
    ],
)
def test_production_is_not_served_without(environ, line):
    assert refusal_to_serve(SERVED | environ) == line


@pytest.mark.parametrize(
    "key",
    [
        "x" * 64,
        "0123456789abcdef" * 2,
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "change-me-change-me-please-now-or-later",
        "your-secret-key-here-change-in-production",
        "super secret key of the console, really",
        "django-insecure-8d#k2l$m9x7q4w1e5r6t",
        "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
    ],
)
def test_a_well_known_key_is_refused(key):
    line = refusal_to_serve(SERVED | {"SECRET_KEY": key})

    assert line == f"SECRET_KEY is a well-known or regular text: {GENERATE}"


def test_a_key_is_counted_in_bytes_and_kept_exactly():
    key = " ключ-Gq7ZkX2vN9wLr4TbYc8JmP "

    configuration = config.read(SERVED | {"SECRET_KEY": key})

    config.check_serving(configuration)
    assert configuration.secret_key == key


def test_the_configuration_shows_no_secret():
    variables = {"DATABASE_PROVIDER": "mysql", "DB_PASSWORD": "geheim", "SECRET_KEY": KEY}

    configuration = config.read(variables)

    assert "geheim" not in repr(configuration) + configuration.where
    assert KEY not in repr(configuration)


def test_the_environment_wins_over_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(
        "CONSOLE_SESSION_HOURS=1\nCONSOLE_SESSION_IDLE_MINUTES=7\nSECRET_KEY='a # b'\nDB_HOST\n"
    )
    monkeypatch.setenv("CONSOLE_SESSION_HOURS", "2")
    monkeypatch.delenv("CONSOLE_SESSION_IDLE_MINUTES", raising=False)
    monkeypatch.delenv("SECRET_KEY", raising=False)
    before = dict(os.environ)

    configuration = config.read()

    assert configuration.session_lifetime == timedelta(hours=2)
    assert configuration.session_idle == timedelta(minutes=7)
    assert configuration.secret_key == "a # b"
    assert dict(os.environ) == before


def test_given_variables_are_all_there_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("CONSOLE_SESSION_HOURS=1\n")
    monkeypatch.setenv("CONSOLE_SESSION_HOURS", "2")

    assert config.read({}).session_lifetime == timedelta(hours=12)


def test_a_file_that_cannot_be_read_is_one_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes(b"DB_PASSWORD=\xff")

    with pytest.raises(ConfigurationError) as refused:
        config.read()

    assert str(refused.value) == ".env in the current folder cannot be read as UTF-8."


def test_domains_of_addresses_are_read_in_the_form_in_which_they_are_compared():
    configuration = config.read({"EMAIL_DOMAINS": " Corp.LOCAL, intranet,,büro.local"})

    assert configuration.email_domains == ("corp.local", "intranet", "xn--bro-hoa.local")
    assert config.read({}).email_domains == ()
