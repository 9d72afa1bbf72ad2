"""Webhooks: receivers that are told of changes by signed messages (Standard Webhooks)."""

from app.domain.webhooks.deliveries import (
    Claimed,
    again,
    claim,
    conclude,
    counts,
    due,
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
from app.domain.webhooks.outbox import DELIVERED, FAILED, PENDING, fill, state_name
from app.domain.webhooks.sending import send
from app.domain.webhooks.states import (
    DeliveryFigures,
    WebhookState,
    WebhookStates,
    read_figures,
    read_states,
)

__all__ = [
    "DELIVERED",
    "FAILED",
    "KEYS",
    "PENDING",
    "SUBJECTS",
    "Claimed",
    "DeliveryFigures",
    "NoSecretKey",
    "WebhookChangedMeanwhile",
    "WebhookEdit",
    "WebhookState",
    "WebhookStates",
    "again",
    "change",
    "claim",
    "conclude",
    "counts",
    "create",
    "delete",
    "due",
    "etag_of",
    "fill",
    "get",
    "get_delivery",
    "list_page",
    "prune",
    "read_all",
    "read_figures",
    "read_states",
    "rotate",
    "send",
    "send_test",
    "state_name",
]
