"""Deliveries: due messages, each claimed by one process, and what came of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from secrets import SystemRandom
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, select, update

from app.domain import access, audit, paging
from app.domain.actor import Actor
from app.domain.errors import InvalidValue, NotFound
from app.domain.paging import Cursors, Page, Sort
from app.domain.text import checked_reason
from app.domain.webhooks import editing, keys
from app.domain.webhooks.outbox import DELIVERED, FAILED, PENDING
from app.models import DbSession, Webhook, WebhookDelivery
from app.models.base import utcnow

# The pauses between attempts, which the specification recommends.
PAUSES = [
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
]
JITTER = 0.2
# The time after which a message that a process has claimed may be claimed again.
LEASE = timedelta(minutes=2)
# A receiver that has failed for so long is given up.
PATIENCE = timedelta(days=5)
KEPT = timedelta(days=30)
ANSWER_CHARACTERS = 500
ACCEPTED, GONE = range(200, 300), 410
NEWEST_FIRST = Sort(WebhookDelivery.id, WebhookDelivery.id, descending=True, is_unique=True)


@dataclass(frozen=True)
class Claimed:
    """A message that this process is to send.

    Attributes:
        id: The id of the delivery.
        webhook_id: The receiver.
        attempt: The number of the attempt, from 1.
        url: Where it is sent.
        message_id: The id of the message.
        body: The body of the request.
        keys: The keys that sign it; none where they cannot be decrypted.
    """

    id: int
    webhook_id: int
    attempt: int
    url: str
    message_id: str
    body: bytes
    keys: Sequence[str]


@dataclass(frozen=True)
class ReceiverAnswer:
    """The answer of a receiver.

    Attributes:
        status: The status code; None where no answer came.
        text: The beginning of the answer, or the reason why there was none.
        retry_after: The time that the receiver asks to be left alone for.
    """

    status: int | None
    text: str
    retry_after: timedelta = timedelta()

    @property
    def is_accepted(self) -> bool:
        """Tell whether the receiver has the message."""
        return self.status in ACCEPTED


def due(session: DbSession, limit: int) -> Sequence[int]:
    """Return the ids of the messages that are due, the longest due first."""
    query = select(WebhookDelivery.id).join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
    is_due = WebhookDelivery.state == PENDING, WebhookDelivery.due_at <= utcnow()
    query = query.where(*is_due, Webhook.is_active)
    return session.scalars(query.order_by(WebhookDelivery.due_at).limit(limit)).all()


def claim(session: DbSession, delivery_id: int) -> Claimed | None:
    """Claim a message that is due; None if another process was faster.

    Raises:
        NoSecretKey: The process has no secret key.
    """
    delivery = session.get(WebhookDelivery, delivery_id, populate_existing=True)
    now = utcnow()
    if delivery is None or delivery.state != PENDING or delivery.due_at > now:
        return None
    webhook = editing.get(session, delivery.webhook_id)
    attempt = delivery.attempts + 1
    same = (WebhookDelivery.id == delivery_id) & (WebhookDelivery.attempts == delivery.attempts)
    values = {"attempts": attempt, "due_at": now + LEASE, "attempted_at": now}
    if not _updated(session, update(WebhookDelivery).where(same).values(values)):
        return None
    return Claimed(
        id=delivery_id,
        webhook_id=webhook.id,
        attempt=attempt,
        url=webhook.url,
        message_id=delivery.message_id,
        body=delivery.payload.encode(),
        keys=keys.keys_of(session, webhook),
    )


def conclude(session: DbSession, claimed: Claimed, answer: ReceiverAnswer, *, actor: Actor) -> str:
    """Store what came of an attempt, and give up a receiver that is gone or fails for days.

    Returns:
        The state of the delivery.
    """
    state, pause = _next(claimed.attempt, answer)
    values = {
        "state": state,
        "status": answer.status,
        "answer": answer.text[:ANSWER_CHARACTERS],
        "due_at": utcnow() + pause,
    }
    same = (WebhookDelivery.id == claimed.id) & (WebhookDelivery.attempts == claimed.attempt)
    if not _updated(session, update(WebhookDelivery).where(same).values(values)):
        return state
    query = select(Webhook).where(Webhook.id == claimed.webhook_id).with_for_update()
    webhook = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if webhook is not None:
        _note(session, webhook, answer, actor=actor)
    return state


def again(
    session: DbSession, delivery_id: int, reason: str | None, *, actor: Actor
) -> WebhookDelivery:
    """Put a message into the outbox once more, under the same id.

    Raises:
        NotFound: There is no such delivery.
        InvalidValue: The webhook is not active, or the reason is too long.
    """
    access.require(session, actor, editing.CHANGE)
    delivery = get(session, delivery_id)
    webhook = editing.get(session, delivery.webhook_id)
    if not webhook.is_active:
        raise InvalidValue("Activate the webhook first: nothing is sent to it now.")
    checked = checked_reason(reason)
    delivery.state, delivery.attempts, delivery.due_at = PENDING, 0, utcnow()
    target, after = editing.target_of(webhook), {"message": delivery.message_id}
    audit.record(session, "webhook:redelivered", target, actor=actor, after=after, reason=checked)
    return delivery


def get(session: DbSession, delivery_id: int) -> WebhookDelivery:
    """Return a delivery.

    Raises:
        NotFound: There is none with that id.
    """
    delivery = session.get(WebhookDelivery, delivery_id, populate_existing=True)
    if delivery is None:
        raise NotFound("This delivery does not exist.")
    return delivery


def list_page(session: DbSession, webhook_id: int, cursors: Cursors) -> Page:
    """Return a page of the deliveries of a webhook, the newest first, in one statement.

    Raises:
        InvalidValue: The cursor is not valid.
    """
    columns = [column for column in WebhookDelivery.__table__.columns if column.name != "payload"]
    query = select(*columns).where(WebhookDelivery.webhook_id == webhook_id)
    return paging.page(session, query, NEWEST_FIRST, after=cursors.after, before=cursors.before)


def counts(session: DbSession) -> dict[int, dict[str, int]]:
    """Return the number of deliveries of each webhook that wait or have failed, by state."""
    columns = (WebhookDelivery.webhook_id, WebhookDelivery.state)
    query = select(*columns, func.count()).where(WebhookDelivery.state.in_([PENDING, FAILED]))
    query = query.group_by(*columns)
    found: dict[int, dict[str, int]] = {}
    for webhook_id, state, number in session.execute(query):
        found.setdefault(webhook_id, {})[state] = number
    return found


def prune(session: DbSession, limit: int = 1000) -> int:
    """Delete the oldest deliveries that are done for 30 days; return how many, `limit` at most."""
    is_old = WebhookDelivery.created_at < utcnow() - KEPT, WebhookDelivery.state != PENDING
    ids = session.scalars(
        select(WebhookDelivery.id).where(*is_old).order_by(WebhookDelivery.created_at).limit(limit)
    ).all()
    if ids:
        session.execute(delete(WebhookDelivery).where(WebhookDelivery.id.in_(ids)))
    return len(ids)


def _next(attempt: int, answer: ReceiverAnswer) -> tuple[str, timedelta]:
    """Return the state after an attempt, and the pause before the next one."""
    if answer.is_accepted:
        return DELIVERED, timedelta()
    if answer.status == GONE or attempt > len(PAUSES):
        return FAILED, timedelta()
    # So that messages which failed together are not all sent again at once.
    spread = SystemRandom().uniform(1 - JITTER, 1 + JITTER)
    return PENDING, max(PAUSES[attempt - 1] * spread, min(answer.retry_after, PAUSES[-1]))


def _note(session: DbSession, webhook: Webhook, answer: ReceiverAnswer, *, actor: Actor) -> None:
    if answer.is_accepted:
        webhook.failing_since = None
        return
    webhook.failing_since = webhook.failing_since or utcnow()
    because = ""
    if answer.status == GONE:
        because = "The receiver answered 410: it is gone."
    elif utcnow() - webhook.failing_since >= PATIENCE:
        because = f"Nothing could be delivered for {PATIENCE.days} days."
    if because and webhook.is_active:
        webhook.is_active, webhook.stopped_because = False, because
        target, after = editing.target_of(webhook), {"is_active": False}
        audit.record(session, "webhook:stopped", target, actor=actor, after=after, reason=because)


def _updated(session: DbSession, statement: Any) -> bool:
    result = session.execute(statement.execution_options(synchronize_session=False))
    return cast(CursorResult[Any], result).rowcount == 1
