"""States of webhooks: stopped, failing, or waiting for a process that delivers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import aliased

from app.domain.webhooks.outbox import DELIVERED, FAILED, PENDING
from app.models import AuditEvent, ChainEntry, DbSession, Webhook, WebhookDelivery

# Shorter troubles pass by themselves: the second attempt is after seconds, the third after minutes.
TROUBLED = timedelta(minutes=15)
HOUR = timedelta(hours=1)


class WebhookState(NamedTuple):
    """A webhook, and what keeps its messages from arriving."""

    id: int
    name: str
    is_active: bool
    stopped_because: str | None
    failing_since: datetime | None

    @property
    def is_stopped(self) -> bool:
        """Tell whether the console has stopped it."""
        return self.stopped_because is not None and not self.is_active

    def is_failing(self, since: datetime) -> bool:
        """Tell whether it is active and has failed since a time or longer."""
        return self.is_active and self.failing_since is not None and self.failing_since <= since


@dataclass(frozen=True)
class WebhookStates:
    """The states of all webhooks.

    Attributes:
        webhooks: The webhooks, by name.
        due_since: The time since which a message to an active one is due, the longest.
        unread_since: The time of the oldest event that no message to an active one was made of.
    """

    webhooks: Sequence[WebhookState] = ()
    due_since: datetime | None = None
    unread_since: datetime | None = None

    @property
    def stopped(self) -> list[WebhookState]:
        """The webhooks that the console has stopped."""
        return [webhook for webhook in self.webhooks if webhook.is_stopped]

    def failing(self, now: datetime) -> list[WebhookState]:
        """Return the active webhooks to which nothing could be delivered for `TROUBLED`."""
        return [webhook for webhook in self.webhooks if webhook.is_failing(now - TROUBLED)]

    def is_undelivered(self, now: datetime) -> bool:
        """Tell whether messages have been due for `TROUBLED` and no process has sent them."""
        times = [since for since in (self.due_since, self.unread_since) if since is not None]
        return bool(times) and min(times) <= now - TROUBLED


@dataclass(frozen=True)
class DeliveryFigures:
    """Numbers of deliveries.

    Attributes:
        waiting: The messages to active webhooks that wait for their first or next attempt.
        waiting_since: The time of the oldest of them.
        delivered: The messages that were delivered in the last hour.
        failed: The messages that were given up in the last hour.
    """

    waiting: int = 0
    waiting_since: datetime | None = None
    delivered: int = 0
    failed: int = 0


def read_states(session: DbSession) -> WebhookStates:
    """Return the states of all webhooks, in one statement."""
    due_since, unread_since = _due_since().label("due"), _unread_since().label("unread")
    columns = (Webhook.id, Webhook.name, Webhook.is_active)
    troubles = (Webhook.stopped_because, Webhook.failing_since)
    query = select(*columns, *troubles, due_since, unread_since)
    query = query.order_by(Webhook.name, Webhook.id)
    rows = session.execute(query).all()
    if not rows:
        return WebhookStates()
    webhooks = [
        WebhookState(row.id, row.name, row.is_active, row.stopped_because, row.failing_since)
        for row in rows
    ]
    return WebhookStates(webhooks, rows[0].due, rows[0].unread)


def read_figures(session: DbSession, now: datetime) -> DeliveryFigures:
    """Return the numbers of deliveries, in two statements."""
    waiting = select(func.count(), func.min(WebhookDelivery.created_at))
    waiting = waiting.join_from(WebhookDelivery, Webhook, Webhook.id == WebhookDelivery.webhook_id)
    waiting = waiting.where(WebhookDelivery.state == PENDING, Webhook.is_active)
    count, since = session.execute(waiting).one()
    # What is concluded is due at the time of its conclusion.
    is_recent = WebhookDelivery.due_at > now - HOUR
    concluded = select(WebhookDelivery.state, func.count().label("number")).where(
        WebhookDelivery.state.in_([DELIVERED, FAILED]), is_recent
    )
    rows = session.execute(concluded.group_by(WebhookDelivery.state))
    by_state = {row.state: row.number for row in rows}
    return DeliveryFigures(count, since, by_state.get(DELIVERED, 0), by_state.get(FAILED, 0))


def _due_since() -> ScalarSelect[datetime]:
    receiver = aliased(Webhook)
    query = select(WebhookDelivery.due_at).join(receiver, receiver.id == WebhookDelivery.webhook_id)
    query = query.where(WebhookDelivery.state == PENDING, receiver.is_active)
    return query.order_by(WebhookDelivery.due_at).limit(1).scalar_subquery()


def _unread_since() -> ScalarSelect[datetime]:
    receiver = aliased(Webhook)
    last = select(func.min(receiver.position)).where(receiver.is_active).scalar_subquery()
    query = select(AuditEvent.at).join(ChainEntry, ChainEntry.event_id == AuditEvent.id)
    query = query.where(ChainEntry.id > last).order_by(ChainEntry.id)
    return query.limit(1).scalar_subquery()
