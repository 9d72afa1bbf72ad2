"""Webhooks, their keys and their deliveries."""

from tests.browser.guide import Guide
from tests.browser.tour.stops import Stop, Stops, page


def _added(guide: Guide) -> None:
    guide.go("/webhooks/new")
    guide.fill(name="listener", url="https://receiver.example/changes")
    guide.press("Add the webhook")


def _with_test_message(guide: Guide) -> None:
    guide.go("/webhooks/1/test")
    guide.press("Send the test message")


def _delivery(guide: Guide) -> None:
    guide.go("/webhooks/1/delivery/1")


WEBHOOKS: Stops = {
    "webhooks.index: none": page("/webhooks", "No webhooks"),
    "webhooks.new": page("/webhooks/new"),
    "webhooks.new: added": Stop(_added, "This key will not be shown again"),
    "webhooks.index": page("/webhooks"),
    "webhooks.show": page("/webhooks/1"),
    "webhooks.test": page("/webhooks/1/test"),
    "webhooks.show: tested": Stop(_with_test_message, "The test message is sent"),
    "webhooks.delivery": Stop(_delivery),
    "webhooks.key": page("/webhooks/1/key"),
    "webhooks.delete": page("/webhooks/1/delete"),
}
