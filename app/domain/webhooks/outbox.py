"""The outbox: the chained audit events that no message was made of yet.

A change and its events are committed together, and chained in the order of their commits. So the
record is the outbox: each webhook knows the place in the chain up to which it has its messages, and
a save takes not one statement more.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, insert, select, update

from app.domain.webhooks import messages
from app.domain.webhooks.messages import Message
from app.models import AuditEvent, ChainEntry, ChainHead, DbSession, Webhook, WebhookDelivery
from app.models.base import utcnow

PENDING, DELIVERED, FAILED = "pending", "delivered", "failed"
# The number of events that are read at once.
EVENTS = 1000


def state_name(state: str) -> str:
    """Return the state of a message as people and programs read it; "pending" is "waiting"."""
    return "waiting" if state == PENDING else state


def fill(session: DbSession) -> int:
    """Make the messages of the next events for each active webhook, in one transaction.

    Of two processes that do it at once, one makes them: a webhook is moved on from the place that
    was read, or it is left alone.

    Returns:
        The number of events that were passed; 0 at the end of the chain.
    """
    by_position: dict[int, list[Webhook]] = defaultdict(list)
    end = session.scalars(select(ChainHead.sequence)).one()
    active = select(Webhook).where(Webhook.is_active, Webhook.position < end)
    for webhook in session.scalars(active.order_by(Webhook.id)):
        by_position[webhook.position].append(webhook)
    return sum(_move_on(session, position, found) for position, found in by_position.items())


def add(session: DbSession, webhooks: Collection[Webhook], *new: Message) -> None:
    """Add messages for each of the webhooks that are told of their subjects."""
    now = utcnow()
    rows = [
        {
            "webhook_id": webhook.id,
            "message_id": messages.new_message_id(),
            "type": message.type,
            "payload": message.payload,
            "state": PENDING,
            "attempts": 0,
            "created_at": now,
            "due_at": now,
        }
        for message in new
        for webhook in webhooks
        if message.type == messages.TEST or message.subject in webhook.subjects.split(",")
    ]
    if rows:
        session.connection().execute(insert(WebhookDelivery), rows)


def _move_on(session: DbSession, position: int, webhooks: Sequence[Webhook]) -> int:
    events = _events_after(session, position)
    if not events:
        return 0
    last = max(place for place, _ in events)
    moved = [webhook for webhook in webhooks if _is_moved(session, webhook.id, position, last)]
    if moved:
        add(session, moved, *messages.messages_of([event for _, event in events]))
    return len(events)


def _events_after(session: DbSession, position: int) -> Sequence[tuple[int, AuditEvent]]:
    query = select(ChainEntry.id, AuditEvent).join(AuditEvent, AuditEvent.id == ChainEntry.event_id)
    query = query.where(ChainEntry.id > position).order_by(ChainEntry.id).limit(EVENTS)
    return [(place, event) for place, event in session.execute(query)]


def _is_moved(session: DbSession, webhook_id: int, position: int, last: int) -> bool:
    same = (Webhook.id == webhook_id) & (Webhook.position == position) & Webhook.is_active
    moving = update(Webhook).where(same).values(position=last, updated_at=Webhook.updated_at)
    result = session.execute(moving.execution_options(synchronize_session=False))
    return cast(CursorResult[Any], result).rowcount == 1
