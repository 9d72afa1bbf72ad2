"""``flask webhooks``: managed and delivered by command."""

import json
from dataclasses import replace

import pytest

from tests.support.receivers import HERE, listening


@pytest.fixture
def receiver():
    with listening() as found:
        yield found


@pytest.fixture
def allowed(app, monkeypatch):
    """Lets webhooks reach this machine."""
    configuration = replace(app.config["CONSOLE"], webhook_networks=HERE)
    monkeypatch.setitem(app.config, "CONSOLE", configuration)


def listed(flask):
    return [json.loads(line) for line in flask("webhooks", "list", "--json").out.splitlines()]


def number_of_the_webhook(flask):
    [row] = listed(flask)
    return str(row["id"])


def test_a_change_is_delivered(flask, receiver, allowed):
    added = flask("webhooks", "add", "listener", receiver.url, "--of", "setting")
    assert added.out.startswith("whsec_")
    flask("settings", "set", "chunk_size", "640")

    done = flask("webhooks", "deliver", "--json")

    assert json.loads(done.out) == {"delivered": 1, "retried": 0, "failed": 0}
    assert json.loads(receiver.requests[0][1])["type"] == "setting.changed"
    assert added.out.strip() not in done.err
    number = number_of_the_webhook(flask)
    [row] = map(json.loads, flask("webhooks", "deliveries", number, "--json").out.splitlines())
    assert (row["state"], row["status"], row["attempts"]) == ("delivered", 204, 1)


def test_a_failure_is_told_and_can_be_sent_again(flask, receiver, allowed):
    flask("webhooks", "add", "listener", receiver.url)
    number = number_of_the_webhook(flask)
    receiver.status = 500
    flask("webhooks", "test", number)

    assert listed(flask)[0]["waiting"] == 1
    row = json.loads(flask("webhooks", "deliveries", number, "--json").out)
    assert (row["state"], "waiting" in flask("webhooks", "deliveries", number).out) == (
        *("waiting", True),
    )
    assert flask("webhooks", "deliver").code == 1
    assert (
        flask("webhooks", "deliver").err == "Delivered 0 messages, 0 to be tried again, 0 failed.\n"
    )
    receiver.status = 204
    delivery = json.loads(flask("webhooks", "deliveries", number, "--json").out)
    flask("webhooks", "again", str(delivery["id"]))
    assert flask("webhooks", "deliver").code == 0
    assert len({headers["webhook-id"] for headers, _ in receiver.requests}) == 1


def test_a_webhook_is_changed_rotated_and_removed(flask):
    key = flask("webhooks", "add", "listener", "https://a.example/").out
    number = number_of_the_webhook(flask)
    flask("webhooks", "change", number, "--url", "https://b.example/", "--of", "role")
    flask("webhooks", "deactivate", number, "--reason", "Moving.")

    [row] = listed(flask)
    assert (row["url"], row["subjects"], row["is_active"]) == (
        "https://b.example/",
        ["role"],
        False,
    )
    assert flask("webhooks", "test", number).code == 1
    assert flask("webhooks", "rotate", number).out not in {"", key}
    flask("webhooks", "activate", number)
    assert flask("webhooks", "list").out.splitlines()[1].split()[3] == "active"
    assert flask("webhooks", "remove", number).err == "Deleted the webhook listener.\n"
    assert listed(flask) == []
    assert flask("webhooks", "add", "x", "http://u:p@a.example/").code == 1


def test_the_message_of_a_delivery_is_shown(flask):
    flask("webhooks", "add", "listener", "https://a.example/", "--of", "setting")
    number = number_of_the_webhook(flask)
    flask("webhooks", "test", number)
    row = json.loads(flask("webhooks", "deliveries", number, "--json").out)

    told = json.loads(flask("webhooks", "delivery", str(row["id"]), "--json").out)
    shown = flask("webhooks", "delivery", str(row["id"])).out

    assert told["message"]["type"] == row["type"] == "webhook.test"
    assert {name: told[name] for name in row} == row
    assert f"message_id: {row['message_id']}\n" in shown
    assert '\n  "type": "webhook.test"' in shown
    assert flask("webhooks", "delivery", "999").code == 1
