"""Measures of webhooks, the same whichever worker is asked: they are facts of the database."""

from collections import Counter as Counts
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge

from app.domain.webhooks import DELIVERED, FAILED, DeliveryFigures, WebhookStates

STATES = ("active", "failing", "stopped", "inactive")


def tell(
    registry: CollectorRegistry, states: WebhookStates, figures: DeliveryFigures, now: datetime
) -> None:
    """Add the measures of webhooks to a registry."""
    webhooks = Gauge("console_webhooks", "Webhooks by state.", ("state",), registry=registry)
    found = _by_state(states)
    for state in STATES:
        webhooks.labels(state).set(found[state])
    waiting = _gauge(registry, "deliveries_waiting", "Messages that wait for an attempt.")
    waiting.set(figures.waiting)
    oldest = _gauge(registry, "oldest_waiting_seconds", "Age of the oldest message that waits.")
    oldest.set(_age(figures.waiting_since, now))
    unread = _gauge(registry, "unread_seconds", "Age of the oldest event without its messages.")
    unread.set(_age(states.unread_since, now))
    concluded = Gauge(
        "console_webhook_deliveries_last_hour",
        "Messages that were delivered or given up in the last hour.",
        ("state",),
        registry=registry,
    )
    concluded.labels(DELIVERED).set(figures.delivered)
    concluded.labels(FAILED).set(figures.failed)


def _gauge(registry: CollectorRegistry, name: str, meaning: str) -> Gauge:
    return Gauge(f"console_webhook_{name}", meaning, registry=registry)


def _by_state(states: WebhookStates) -> Counts[str]:
    found: Counts[str] = Counts()
    for webhook in states.webhooks:
        if webhook.is_active:
            found["failing" if webhook.failing_since else "active"] += 1
        else:
            found["stopped" if webhook.is_stopped else "inactive"] += 1
    return found


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0) if since else 0
