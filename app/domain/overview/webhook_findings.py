"""Findings about webhooks: stopped, failing, or with nobody who delivers."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from app.domain.overview.finding import Finding, Severity, Topic
from app.domain.phrases import counted, listed
from app.domain.webhooks import WebhookState, WebhookStates


def of(states: WebhookStates, now: datetime) -> Iterator[Finding]:
    """Yield what keeps messages from arriving; times are left out, as they would make it another.

    Args:
        states: The states of all webhooks.
        now: The time that they are judged at.
    """
    if stopped := states.stopped:
        title = counted(len(stopped), "webhook was", "webhooks were") + " stopped"
        cause = f"Nothing is sent to {_names(stopped)}."
        if len(stopped) == 1:
            cause += f" {stopped[0].stopped_because}"
        yield Finding(Severity.WARN, Topic.STOPPED_WEBHOOKS, title, cause, _only(stopped))
    if failing := states.failing(now):
        title = counted(len(failing), "webhook is", "webhooks are") + " failing"
        cause = f"Messages to {_names(failing)} are not accepted, and are tried again."
        yield Finding(Severity.WARN, Topic.FAILING_WEBHOOKS, title, cause, _only(failing))
    if states.is_undelivered(now):
        title = "No process delivers the messages to webhooks"
        cause = "Some have waited for more than 15 minutes. Run: flask webhooks deliver"
        yield Finding(Severity.WARN, Topic.UNDELIVERED, title, cause)


def _names(found: Sequence[WebhookState]) -> str:
    return listed([webhook.name for webhook in found])


def _only(found: Sequence[WebhookState]) -> int | None:
    return found[0].id if len(found) == 1 else None
