"""Findings: each with its cause, and only those that the reader may see."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from app.domain import overview, settings
from app.domain.overview import People, Severity, Topic
from app.domain.permissions import PermissionCode
from app.domain.settings import SecretKeys
from app.models import (
    ApplicationSetting,
    AuditEvent,
    Permission,
    ReaderReport,
    Role,
    Webhook,
    WebhookDelivery,
    role_permissions,
)
from app.models.base import utcnow
from tests.support.second_factors import set_up


@pytest.fixture
def found(session):
    """What is found now, by topic."""

    def found(can=lambda code: True):
        known = overview.facts(session, can)
        return {one.topic: one for one in overview.findings(known, now=utcnow())}

    return found


@pytest.fixture
def signed_in(session):
    """Records that somebody signed in: ``signed_in(ada, days=91)`` ago."""

    def signed_in(who, *, days=0):
        who.created_at = utcnow() - timedelta(days=365)
        session.add(
            AuditEvent(
                at=utcnow() - timedelta(days=days),
                actor_kind="person",
                actor_name=who.username,
                action="user:signed-in",
                target_type="user",
                target_id=who.id,
                target_name=who.username,
            )
        )
        session.commit()

    return signed_in


@pytest.fixture
def put(session):
    """Stores a value, as other programs do: ``put("debug_mode", "true")``."""

    def put(key, value):
        changed = ApplicationSetting.key == key
        session.execute(update(ApplicationSetting).where(changed).values(value=value))
        session.commit()

    return put


@pytest.mark.parametrize("value", ["true", "True", " on ", "1"])
def test_debugging_in_production_is_bad(found, put, session, value):
    put("debug_mode", value)
    one = found()[Topic.DEBUG]

    assert (one.severity, one.title) == (Severity.BAD, "debug_mode is on")
    assert one.cause == "According to app_environment, this is production."
    assert session.get(ApplicationSetting, one.target_id).key == "debug_mode"


@pytest.mark.parametrize(
    ("mode", "environment"),
    [
        *(("false", "production"), (None, "production"), ("maybe", "production")),
        *(("true", "development"), ("true", None)),
    ],
)
def test_debugging_elsewhere_is_fine(found, put, mode, environment):
    put("debug_mode", mode)
    put("app_environment", environment)

    assert Topic.DEBUG not in found()


def test_debugging_is_fine_where_there_are_no_such_settings(found, session):
    session.execute(delete(ApplicationSetting))
    session.commit()

    assert not {Topic.DEBUG, Topic.UNSET} & set(found())


def test_an_administrator_who_never_signed_in(found, signed_in, ada, person):
    nora = person("nora", roles=["admin"])
    signed_in(ada)
    one = found()[Topic.NEVER_SIGNED_IN]

    assert one.sentence == "1 administrator has never signed in here. With the role admin: nora."
    assert (one.severity, one.target_id) == (Severity.WARN, nora.id)


def test_administrators_without_a_second_factor(found, session, ada, person):
    person("nora", roles=["admin"])
    set_up(session, ada, "any secret key will do here")
    one = found()[Topic.ONE_FACTOR]

    assert one.sentence == (
        "1 administrator has no second factor. Their password alone lets in: nora."
    )
    assert one.severity is Severity.INFO


def test_administrators_who_did_not_sign_in_for_long(found, signed_in, ada, person):
    nora = person("nora", roles=["admin"])
    signed_in(ada, days=91)
    signed_in(nora, days=100)
    one = found()[Topic.IDLE]

    assert one.sentence == (
        "2 administrators have not signed in here for 90 days. With the role admin: ada and nora."
    )
    assert one.target_id is None


def test_the_last_sign_in_of_an_administrator_counts(found, signed_in, ada):
    signed_in(ada, days=200)
    signed_in(ada, days=89)

    assert not {Topic.IDLE, Topic.NEVER_SIGNED_IN} & set(found())


def test_other_people_may_stay_away(found, signed_in, ada, vera, person):
    person("nora", roles=["admin"], is_active=False)
    signed_in(ada)

    assert not {Topic.IDLE, Topic.NEVER_SIGNED_IN} & set(found())


def test_active_users_without_a_role(found, omar, person):
    assert found()[Topic.WITHOUT_ROLE].title == "1 active user has no role"

    person("nora")
    person("iris", is_active=False)

    assert found()[Topic.WITHOUT_ROLE].title == "2 active users have no role"


def test_who_holds_a_role_is_fine(found, ada, vera):
    assert Topic.WITHOUT_ROLE not in found()


def test_it_is_said_when_not_all_users_were_looked_at():
    many = People(active=9_000, inactive=2_000, unverified=0, without_role=7, active_without_role=7)
    one = overview.findings(overview.Facts(people=many), now=utcnow())[0]

    assert one.cause.endswith("Only the 10,000 newest users were checked.")


def test_roles_without_people(found, ada, vera):
    assert (
        found()[Topic.EMPTY_ROLES].sentence == "1 role has no people. Not assigned to anyone: user."
    )


def test_permissions_in_no_role_but_admin(found, session):
    user = session.scalars(select(Role).where(Role.name == "user")).one()
    every = set(session.scalars(select(Permission.id)))
    session.execute(delete(role_permissions).where(role_permissions.c.role_id == user.id))
    unused = session.scalars(select(Permission).where(Permission.code == "audit:read")).one()
    granted = [{"role_id": user.id, "permission_id": one} for one in every - {unused.id}]
    session.execute(role_permissions.insert(), granted)
    session.commit()

    assert found()[Topic.UNUSED_PERMISSIONS].sentence == (
        "Only admin grants 1 permission. No other role grants audit:read."
    )


def test_many_are_named_in_part(found):
    one = found()[Topic.UNUSED_PERMISSIONS]

    assert one.cause == "No other role grants audit:read, document:delete and 13 more."


def test_settings_without_a_value(found, put):
    assert found()[Topic.UNSET].sentence == (
        "2 settings have no value. Not set: llm_api_key and llm_endpoint_url."
    )

    put("llm_api_key", "s3cret-canary")
    put("llm_endpoint_url", "")

    assert Topic.UNSET not in found()
    assert "s3cret-canary" not in str(found())


def test_the_worst_comes_first(found, put, omar):
    put("debug_mode", "true")

    severities = [one.severity for one in found().values()]
    assert severities == sorted(severities, key=list(Severity).index)
    assert severities[0] == Severity.BAD


@pytest.mark.parametrize(
    ("codes", "topics"),
    [
        (set(), set()),
        ({PermissionCode.AUDIT_READ}, set()),
        ({PermissionCode.SETTINGS_READ}, {Topic.DEBUG, Topic.UNSET}),
        ({PermissionCode.USER_READ}, {Topic.WITHOUT_ROLE}),
        ({PermissionCode.ROLE_READ}, {Topic.EMPTY_ROLES, Topic.UNUSED_PERMISSIONS}),
        (
            {PermissionCode.USER_READ, PermissionCode.AUDIT_READ},
            {Topic.WITHOUT_ROLE, Topic.NEVER_SIGNED_IN, Topic.ONE_FACTOR},
        ),
    ],
)
def test_only_what_one_may_read_is_found(found, put, ada, omar, codes, topics):
    put("debug_mode", "true")

    assert set(found(codes.__contains__)) == topics


@pytest.fixture
def add_secrets(session):
    """Stores secrets, a console with these keys looking on: ``add_secrets(keys, a_token=...)``."""
    engine = session.get_bind()
    before = engine.get_execution_options()[settings.KEYS]

    def add_secrets(keys, **values):
        engine.update_execution_options(**{settings.KEYS: keys})
        session.add_all(ApplicationSetting(key=key, value=value) for key, value in values.items())
        session.commit()

    yield add_secrets
    engine.update_execution_options(**{settings.KEYS: before})


def test_secrets_are_told_apart_by_how_they_are_stored(found, add_secrets):
    ours, former, another = bytes(32), bytes(range(32)), bytes(reversed(range(32)))
    values = {
        f"{name}_token": SecretKeys(key).encrypted("geheim")
        for name, key in (("a", ours), ("b", former), ("c", another), ("d", another))
    }
    add_secrets(SecretKeys(ours, (former,)), **values, e_token="geheim")

    told = {topic: one for topic, one in found().items() if topic.startswith("secrets-")}

    assert {topic: (one.severity, one.title) for topic, one in told.items()} == {
        Topic.UNREADABLE_SECRETS: (Severity.BAD, "2 secrets cannot be decrypted"),
        Topic.SECRETS_IN_CLEAR: (Severity.WARN, "1 secret is stored in clear"),
        Topic.FORMER_KEYS: (Severity.INFO, "1 secret is encrypted with a former key"),
    }
    assert "c_token and d_token" in told[Topic.UNREADABLE_SECRETS].cause
    assert [one.target_id is None for one in told.values()] == [True, False, False]
    assert not any("geheim" in one.sentence for one in told.values())


def test_secrets_without_a_key_cannot_be_checked(found, add_secrets):
    add_secrets(SecretKeys(), a_token=SecretKeys(bytes(32)).encrypted("geheim"), b_token="")

    one = found()[Topic.UNCHECKED_SECRETS]

    assert one.sentence == (
        "1 secret cannot be checked or changed. The console has no key for a_token."
        " Set MASTER_ENCRYPTION_KEY to that of the backend."
    )


@pytest.fixture
def add_webhook(session):
    """Stores a webhook: ``add_webhook("cache", failing_since=...)``."""

    def add_webhook(name, *, is_active=True, **columns):
        url, subjects = "https://receiver.example/", "setting"
        made = Webhook(
            name=name, url=url, subjects=subjects, secret="", is_active=is_active, position=0
        )
        for column, content in columns.items():
            setattr(made, column, content)
        session.add(made)
        session.commit()
        return made

    return add_webhook


def test_a_webhook_that_was_stopped(found, add_webhook):
    because = "The receiver answered 410: it is gone."
    cache = add_webhook("cache", is_active=False, stopped_because=because)
    add_webhook("of Ada", is_active=False)
    one = found()[Topic.STOPPED_WEBHOOKS]

    assert one.sentence == f"1 webhook was stopped. Nothing is sent to cache. {because}"
    assert (one.severity, one.target_id) == (Severity.WARN, cache.id)


def test_webhooks_that_are_failing(found, add_webhook):
    an_hour_ago = utcnow() - timedelta(hours=1)
    add_webhook("cache", failing_since=an_hour_ago)
    add_webhook("index", failing_since=an_hour_ago)
    add_webhook("new", failing_since=utcnow())
    one = found()[Topic.FAILING_WEBHOOKS]

    assert one.sentence == (
        "2 webhooks are failing. Messages to cache and index are not accepted, and are tried again."
    )
    assert (one.severity, one.target_id) == (Severity.WARN, None)
    assert found()[Topic.FAILING_WEBHOOKS] == one


def test_messages_that_no_process_delivers(found, add_webhook, session):
    webhook = add_webhook("cache")
    long_ago = utcnow() - timedelta(hours=1)
    message = {"message_id": "1", "type": "webhook.test", "payload": "{}", "state": "pending"}
    session.add(WebhookDelivery(**message, webhook_id=webhook.id, attempts=0, due_at=long_ago))
    session.commit()

    one = found()[Topic.UNDELIVERED]
    assert one.cause.endswith("Run: flask webhooks deliver")


def test_webhooks_are_for_those_who_may_see_them(found, add_webhook):
    add_webhook("cache", is_active=False, stopped_because="It is gone.")

    assert Topic.STOPPED_WEBHOOKS in found({PermissionCode.AUDIT_READ}.__contains__)
    others = set(PermissionCode) - {PermissionCode.AUDIT_READ}
    assert Topic.STOPPED_WEBHOOKS not in found(others.__contains__)


@pytest.mark.only_on("sqlite")
def test_a_value_that_no_reader_runs_needs_attention(found, session):
    now = int(utcnow().timestamp())
    values = json.dumps(
        {"settings": {"app_environment": ["database", "0" * 64, now, "test", None]}}
    )
    row = {"name": "api", "instance": "api-1", "last_seen": now, "digest": "", "settings": values}
    session.add(ReaderReport(**row))
    session.commit()

    one = found()[Topic.NOT_RUN]
    assert one.severity is Severity.WARN
    assert "app_environment (api-1 still test)" in one.cause
