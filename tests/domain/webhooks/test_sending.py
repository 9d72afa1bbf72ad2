"""The request: signed as Standard Webhooks say, to public addresses or allowed ones, never on."""

import base64
import hmac
import time
from datetime import timedelta
from ipaddress import ip_network
from urllib.parse import urlsplit

import pytest
from sqlalchemy import update

from app.domain import webhooks
from app.domain.authentication import encryption
from app.domain.errors import InvalidValue
from app.domain.webhooks import deliveries, keys, receivers, sending
from app.models import WebhookDelivery
from app.models.base import utcnow
from tests.support.people import OPERATOR, acting
from tests.support.receivers import HERE

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def attempt(session):
    """Sends the first message that is due, and returns the state of its delivery."""

    def attempt(allowed=HERE):
        session.rollback()
        claimed = webhooks.claim(session, webhooks.due(session, 1)[0])
        session.commit()
        answer = webhooks.send(claimed, allowed)
        state = webhooks.conclude(session, claimed, answer, actor=OPERATOR)
        session.commit()
        return state, answer

    return attempt


@pytest.fixture
def tried(session, ada, add_webhook, receiver):
    """A webhook with a test message in the outbox, and its key."""
    webhook, key = add_webhook(receiver.url)
    webhooks.send_test(session, webhook.id, None, actor=acting(ada))
    session.commit()
    return webhook, key


def test_the_signature_is_that_of_the_published_example():
    key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'

    signed = keys.signature([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_message_is_delivered_with_a_signature_by_each_key(
    session, ada, tried, attempt, receiver
):
    webhook, key = tried
    _, new_key = webhooks.rotate(session, webhook.id, "", actor=acting(ada))
    session.commit()
    receiver.status = 200

    state, answer = attempt()

    assert (state, answer.status, answer.text) == (webhooks.DELIVERED, 200, "thanks")
    [(headers, body)] = receiver.requests
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    for one, signature in zip((new_key, key), headers["webhook-signature"].split(), strict=True):
        secret = base64.b64decode(one.removeprefix("whsec_"))
        digest = base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()
        assert signature == f"v1,{digest}"
    assert key not in webhook.secret


def test_a_failure_is_tried_again_after_a_pause_and_a_redirect_is_one(
    session, tried, attempt, receiver
):
    receiver.status, receiver.headers = 302, {"Location": receiver.url, "Retry-After": "100"}

    state, answer = attempt()

    assert (state, answer.status, len(receiver.requests)) == (webhooks.PENDING, 302, 1)
    session.refresh(tried[0])
    assert tried[0].failing_since is not None
    [row] = session.query(WebhookDelivery).all()
    assert row.due_at - utcnow() > timedelta(seconds=95)
    assert webhooks.due(session, 1) == []


def test_a_receiver_that_is_gone_is_stopped(session, tried, attempt, receiver):
    receiver.status = 410

    assert attempt()[0] == webhooks.FAILED
    session.refresh(tried[0])
    assert not tried[0].is_active
    assert tried[0].stopped_because == "The receiver answered 410: it is gone."


def test_a_receiver_that_failed_for_days_is_stopped(session, tried, attempt, receiver):
    receiver.status = 500
    tried[0].failing_since = utcnow() - deliveries.PATIENCE
    session.commit()

    assert attempt()[0] == webhooks.PENDING
    session.refresh(tried[0])
    assert not tried[0].is_active


def test_the_last_attempt_is_the_tenth(session, tried, attempt, receiver):
    receiver.status = 500
    states = []
    for _ in range(10):
        session.execute(update(WebhookDelivery).values(due_at=utcnow()))
        session.commit()
        states.append(attempt()[0])

    assert states == [webhooks.PENDING] * 9 + [webhooks.FAILED]


def test_a_message_is_claimed_once_and_again_after_its_lease(session, tried):
    [delivery_id] = webhooks.due(session, 5)

    first = webhooks.claim(session, delivery_id)
    session.commit()
    assert first.attempt == 1
    assert webhooks.claim(session, delivery_id) is None
    session.execute(update(WebhookDelivery).values(due_at=utcnow()))
    session.commit()
    assert webhooks.claim(session, delivery_id).message_id == first.message_id


def test_a_receiver_that_hangs_or_is_away_is_a_failure(tried, attempt, receiver, monkeypatch):
    monkeypatch.setattr(sending, "REQUEST_SECONDS", 0.2)
    with sending.socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        claimed = deliveries.Claimed(1, 1, 1, f"http://127.0.0.1:{port}/", "m", b"{}", [tried[1]])
        assert webhooks.send(claimed, HERE).text.startswith("No answer: ")
    assert webhooks.send(claimed, HERE).text.startswith("No answer: ConnectionRefusedError")


def at_addresses(monkeypatch, *addresses):
    """Gives the name receiver.test these addresses, in this order."""
    known = sending.socket.getaddrinfo

    def getaddrinfo(host, *rest, **more):
        if host != "receiver.test":
            return known(host, *rest, **more)
        return [found for each in addresses for found in known(each, *rest, **more)]

    monkeypatch.setattr(sending.socket, "getaddrinfo", getaddrinfo)


def claimed_for(receiver, key):
    url = receiver.url.replace("127.0.0.1", "receiver.test")
    return deliveries.Claimed(1, 1, 1, url, "m", b"{}", [key])


def test_the_next_address_is_tried_where_one_does_not_answer(tried, receiver, monkeypatch):
    at_addresses(monkeypatch, "127.0.0.2", "127.0.0.1")
    allowed = [ip_network("127.0.0.0/8")]

    assert webhooks.send(claimed_for(receiver, tried[1]), allowed).status == 204
    [(headers, _)] = receiver.requests
    assert headers["Host"].startswith("receiver.test:")
    answer = webhooks.send(claimed_for(receiver, tried[1]), [ip_network("127.0.0.1/32")])
    assert "127.0.0.2 is not a public address" in answer.text
    assert len(receiver.requests) == 1


def test_addresses_that_do_not_answer_share_the_time_of_one(tried, receiver, monkeypatch):
    at_addresses(monkeypatch, *(f"127.0.0.{number}" for number in range(2, 9)))
    monkeypatch.setattr(sending, "CONNECT_SECONDS", 0.4)
    called = []

    def hang(address, timeout):
        called.append(address[0])
        time.sleep(timeout)
        raise TimeoutError("timed out")

    monkeypatch.setattr(sending.socket, "create_connection", hang)
    start = time.monotonic()

    answer = webhooks.send(claimed_for(receiver, tried[1]), [ip_network("127.0.0.0/8")])

    assert answer.text == "No answer: TimeoutError: timed out"
    assert called == ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"]
    assert 0.35 < time.monotonic() - start < 2


def test_a_key_of_another_secret_key_stops_no_other_webhook(session, tried, attempt, receiver):
    tried[0].secret = encryption.encrypted("whsec_eA==", ["another key"], b"console-webhooks:v1")
    session.commit()

    state, answer = attempt()

    assert (state, answer.text, receiver.requests) == (webhooks.PENDING, sending.UNREADABLE, [])


def test_an_address_that_is_not_allowed_is_not_called(tried, attempt, receiver):
    state, answer = attempt(allowed=())

    assert (state, receiver.requests) == (webhooks.PENDING, [])
    assert answer.text == "127.0.0.1 is not a public address. WEBHOOK_NETWORKS does not allow it."


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1"),
        *("240.0.0.1", "::1", "::", "fe80::1%lo", "fd00::1", "::ffff:10.0.0.1", "::127.0.0.1"),
        *("64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::f5ff:fffe", "ff02::1", "fec0::1"),
    ],
)
def test_what_only_this_network_reaches_is_refused(address):
    parts = urlsplit("https://receiver.example/")

    assert address in receivers.why_not(parts, ["93.184.216.34", address], ())


def test_public_addresses_are_called_by_https_only():
    public = ["93.184.216.34", "2606:2800:220:1::1"]

    assert receivers.why_not(urlsplit("https://receiver.example/"), public, ()) == ""
    assert "https only" in receivers.why_not(urlsplit("http://receiver.example/"), public, ())


@pytest.mark.parametrize(
    "url",
    [
        *("", "receiver.example", "ftp://a.example/", "https://", "https:///path", "https://a:b/"),
        *("https://user:pw@a.example/", "https://a.example/#x", "https://a.example/a b"),
        *(
            "https://dömäin.example/",
            "https://a.example:0/",
            "https://[::1/",
            "javascript:alert(1)",
        ),
    ],
)
def test_what_is_no_url_of_a_receiver_is_refused(url):
    with pytest.raises(InvalidValue) as refusal:
        receivers.checked_url(url)
    assert refusal.value.field == "url"
