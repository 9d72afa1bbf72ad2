"""The metrics: for a token or a network, in the format of Prometheus, off by default."""

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from app.config import ConfigurationError, read
from app.domain import webhooks
from app.domain.webhooks import SUBJECTS, WebhookEdit
from app.models import ReaderReport, WebhookDelivery
from app.models.base import utcnow
from tests.support.people import acting

TOKEN = "a-token-for-metrics-4711"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def console(make_app, database):
    """Serves metrics on the test's database: ``console(METRICS_TOKEN=...)``."""

    def console(**variables):
        return make_app(database.environ | variables).test_client()

    return console


@pytest.fixture
def add_webhook(session, ada):
    """Adds a webhook of Ada: ``add_webhook(url)``."""

    def add_webhook(url):
        return webhooks.create(session, WebhookEdit("listener", url, SUBJECTS), actor=acting(ada))

    return add_webhook


def samples(client):
    text = client.get("/metrics", headers=BEARER).get_data(as_text=True)
    families = text_string_to_metric_families(text)
    return {
        (
            sample.name,
            *(sample.labels[name] for name in sorted(sample.labels) if name != "worker"),
        ): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("variables", "headers", "status"),
    [
        ({}, BEARER, 404),
        ({"METRICS_TOKEN": TOKEN}, BEARER, 200),
        ({"METRICS_TOKEN": TOKEN}, {}, 404),
        ({"METRICS_TOKEN": TOKEN}, {"Authorization": "Bearer wrong"}, 404),
        ({"METRICS_TOKEN": TOKEN}, {"Authorization": "Bearer \xe4"}, 404),
        ({"METRICS_NETWORKS": "127.0.0.0/8"}, {}, 200),
        ({"METRICS_NETWORKS": "10.0.0.0/8"}, BEARER, 404),
        ({"METRICS_NETWORKS": "10.0.0.0/8", "TRUSTED_PROXIES": "192.0.2.1"}, {}, 404),
    ],
)
def test_only_a_token_or_a_network_reads_the_metrics(console, variables, headers, status):
    assert console(**variables).get("/metrics", headers=headers).status_code == status


def test_the_metrics_tell_of_requests_refusals_sign_ins_and_the_database(console, session):
    seen = int(utcnow().timestamp())
    values = '{"settings": {"chunk_size": ["database", "", 1, null, null]}}'
    row = {"name": "api", "instance": 'a"1\n', "last_seen": seen, "digest": "", "settings": values}
    session.add(ReaderReport(**row))
    session.commit()
    client = console(METRICS_TOKEN=TOKEN)
    client.get("/login")
    client.open("/login", method="BREW")
    client.post("/login", data={})

    found = samples(client)
    assert found["console_requests_total", "auth.login", "GET", "200"] == 1
    assert found["console_request_seconds_count", "auth.login"] >= 2
    assert sum(value for key, value in found.items() if key[0] == "console_sign_ins_total") == 1
    assert found["console_database_up",] == 1
    assert [key for key in found if key[0] == "console_info"]
    assert [key[2] for key in found if key[0] == "console_reader_report_age_seconds"] == ["api"]
    assert not [key for key in found if "BREW" in key]


def test_the_metrics_tell_of_webhooks_and_their_messages(console, session, add_webhook, ada):
    stopped, _ = add_webhook("https://receiver.example/")
    stopped.is_active, stopped.stopped_because = False, "It is gone."
    failing, _ = add_webhook("https://receiver.example/")
    failing.failing_since = utcnow()
    webhooks.send_test(session, failing.id, None, actor=acting(ada))
    row = {"message_id": "1", "type": "webhook.test", "payload": "{}", "attempts": 1}
    for state in ("delivered", "delivered", "failed"):
        delivery = WebhookDelivery(**row, state=state, webhook_id=failing.id, due_at=utcnow())
        session.add(delivery)
    long_ago = utcnow() - timedelta(hours=2)
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.state == "pending")
        .values(created_at=long_ago)
    )
    session.commit()

    found = samples(console(METRICS_TOKEN=TOKEN))
    states = {key[1]: count for key, count in found.items() if key[0] == "console_webhooks"}
    assert states == {"active": 0, "failing": 1, "stopped": 1, "inactive": 0}
    assert found["console_webhook_deliveries_waiting",] == 1
    assert found["console_webhook_oldest_waiting_seconds",] == pytest.approx(7200, abs=60)
    assert found["console_webhook_unread_seconds",] < 60
    assert found["console_webhook_deliveries_last_hour", "delivered"] == 2
    assert found["console_webhook_deliveries_last_hour", "failed"] == 1


@pytest.mark.only_on("sqlite")
def test_without_the_database_the_metrics_say_so(make_app, tmp_path):
    client = make_app(
        {"CONSOLE_ENV": "development", "SQLITE_PATH": str(tmp_path / "none.db")}
        | {"SECRET_KEY": "x" * 40, "METRICS_TOKEN": TOKEN}
    ).test_client()
    (tmp_path / "none.db").write_bytes(b"no database at all, but long enough to be read as one")

    assert samples(client)["console_database_up",] == 0


@pytest.mark.parametrize("token", ["short", "ümlaut-ümlaut-ümlaut"])
def test_a_token_that_is_easily_guessed_is_refused(token):
    with pytest.raises(ConfigurationError, match="METRICS_TOKEN must have at least 16"):
        read({"METRICS_TOKEN": token})
