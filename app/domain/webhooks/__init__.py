"""Webhooks: receivers that are told of changes by signed messages (Standard Webhooks)."""

from app.domain.webhooks.deliveries import (
    Claimed,
    again,
    claim,
    conclude,
    counts,
    due,
    failing,
    list_page,
    prune,
)
from app.domain.webhooks.deliveries import get as get_delivery
from app.domain.webhooks.editing import (
    WebhookChangedMeanwhile,
    WebhookEdit,
    change,
    create,
    delete,
    etag_of,
    get,
    read_all,
    rotate,
    send_test,
)
from app.domain.webhooks.keys import KEYS, NoSecretKey
from app.domain.webhooks.messages import SUBJECTS
from app.domain.webhooks.outbox import DELIVERED, FAILED, PENDING, fill
from app.domain.webhooks.sending import send

__all__ = [
    "DELIVERED",
    "FAILED",
    "KEYS",
    "PENDING",
    "SUBJECTS",
    "Claimed",
    "NoSecretKey",
    "WebhookChangedMeanwhile",
    "WebhookEdit",
    "again",
    "change",
    "claim",
    "conclude",
    "counts",
    "create",
    "delete",
    "due",
    "etag_of",
    "failing",
    "fill",
    "get",
    "get_delivery",
    "list_page",
    "prune",
    "read_all",
    "rotate",
    "send",
    "send_test",
]
