"""Add, change, delete and test webhooks, and rotate their keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from app.domain import access, audit, confirmation, etags, validation
from app.domain.actor import Actor
from app.domain.confirmation import Deletion
from app.domain.errors import ChangedMeanwhile, InvalidValue, NotFound
from app.domain.permissions import PermissionCode
from app.domain.target import Target
from app.domain.text import checked_line, checked_reason
from app.domain.webhooks import keys, messages, outbox, receivers
from app.domain.webhooks.messages import SUBJECTS
from app.models import ChainHead, DbSession, Webhook
from app.models.base import utcnow

CHANGE = PermissionCode.SETTINGS_UPDATE
MOST = 20
NAME_CHARACTERS = 100
# The time for which the former key signs too.
OVERLAP = timedelta(hours=24)


class WebhookChangedMeanwhile(ChangedMeanwhile):
    """The webhook is no longer what the editor saw."""


@dataclass(frozen=True)
class WebhookEdit:
    """A webhook as entered.

    Attributes:
        name: The name of the receiver.
        url: Where messages are sent.
        subjects: The kinds of things of `SUBJECTS` whose changes it is told of.
        is_active: Whether it is told of anything.
        etag: The digest of the webhook that was shown; "" for a new one.
        reason: The actor's reason.
    """

    name: str
    url: str
    subjects: Sequence[str]
    is_active: bool = True
    etag: str = ""
    reason: str = ""


def read_all(session: DbSession) -> Sequence[Webhook]:
    """Return all webhooks by name."""
    return session.scalars(select(Webhook).order_by(Webhook.name, Webhook.id)).all()


def get(session: DbSession, webhook_id: int) -> Webhook:
    """Return a webhook.

    Raises:
        NotFound: There is none with that id.
    """
    webhook = session.get(Webhook, webhook_id)
    if webhook is None:
        raise NotFound("This webhook does not exist.")
    return webhook


def etag_of(webhook: Webhook) -> str:
    """Return the digest of what an editor sees."""
    return etags.of([webhook.name, webhook.url, webhook.subjects, webhook.is_active])


def create(session: DbSession, new: WebhookEdit, *, actor: Actor) -> tuple[Webhook, str]:
    """Add a webhook, which is told of what changes from now on.

    Args:
        session: The database session; the caller commits it.
        new: The webhook as entered.
        actor: The person or command that adds it.

    Returns:
        The webhook, and the key of its signatures, which is not shown again.

    Raises:
        InvalidValue: A field breaks its rule, or there are too many webhooks.
        NoSecretKey: The process has no secret key.
    """
    access.require(session, actor, CHANGE)
    fields, reason = _checked(new)
    if session.scalars(select(func.count()).select_from(Webhook)).one() >= MOST:
        raise InvalidValue(f"There are {MOST} webhooks, and no more are allowed. Delete one first.")
    key = keys.new_key()
    webhook = Webhook(**fields, secret=keys.encrypted(session, key), position=_end(session))
    session.add(webhook)
    session.flush()
    audit.record(
        session, "webhook:created", target_of(webhook), actor=actor, after=fields, reason=reason
    )
    return webhook, key


def change(
    session: DbSession, webhook_id: int, edit: WebhookEdit, *, actor: Actor
) -> Webhook | None:
    """Change a webhook; one that is activated again is told of what changes from now on.

    Returns:
        The webhook; None where nothing differs.

    Raises:
        NotFound: The webhook does not exist.
        InvalidValue: A field breaks its rule.
        WebhookChangedMeanwhile: Somebody has changed it since it was shown.
    """
    access.require(session, actor, CHANGE)
    webhook = _locked(session, webhook_id, edit.etag)
    fields, reason = _checked(edit)
    before = {
        name: getattr(webhook, name) for name in fields if getattr(webhook, name) != fields[name]
    }
    if not before:
        return None
    if fields["is_active"] and not webhook.is_active:
        webhook.position, webhook.stopped_because, webhook.failing_since = _end(session), None, None
    for name in before:
        setattr(webhook, name, fields[name])
    after = {name: fields[name] for name in before}
    audit.record(
        session,
        *("webhook:changed", target_of(webhook)),
        actor=actor,
        before=before,
        after=after,
        reason=reason,
    )
    return webhook


def delete(session: DbSession, webhook_id: int, deletion: Deletion, *, actor: Actor) -> Webhook:
    """Delete a webhook with its deliveries.

    Raises:
        NotFound: The webhook does not exist.
        InvalidValue: Its name was not entered.
        WebhookChangedMeanwhile: Somebody has changed it since it was shown.
    """
    access.require(session, actor, CHANGE)
    webhook = _locked(session, webhook_id, deletion.etag)
    reason = confirmation.confirmed(
        deletion.name, webhook.name, deletion.reason, what="the name", field="name"
    )
    before = {"name": webhook.name, "url": webhook.url, "subjects": webhook.subjects}
    session.delete(webhook)
    session.flush()
    audit.record(
        session, "webhook:deleted", target_of(webhook), actor=actor, before=before, reason=reason
    )
    return webhook


def rotate(
    session: DbSession, webhook_id: int, reason: str, *, actor: Actor
) -> tuple[Webhook, str]:
    """Replace the key of a webhook; the former one signs too for another 24 hours.

    Returns:
        The webhook, and the new key, which is not shown again.

    Raises:
        NotFound: The webhook does not exist.
        NoSecretKey: The process has no secret key.
    """
    access.require(session, actor, CHANGE)
    webhook = _locked(session, webhook_id)
    checked, key = checked_reason(reason), keys.new_key()
    webhook.former_secret, webhook.former_until = webhook.secret, utcnow() + OVERLAP
    webhook.secret = keys.encrypted(session, key)
    audit.record(session, "webhook:key-rotated", target_of(webhook), actor=actor, reason=checked)
    return webhook, key


def send_test(session: DbSession, webhook_id: int, reason: str | None, *, actor: Actor) -> Webhook:
    """Put a message for a webhook into the outbox that tells of nothing.

    Raises:
        NotFound: The webhook does not exist.
        InvalidValue: It is not active, or the reason is too long.
    """
    access.require(session, actor, CHANGE)
    webhook = _locked(session, webhook_id)
    if not webhook.is_active:
        raise InvalidValue("Activate the webhook first: nothing is sent to it now.")
    checked = checked_reason(reason)
    outbox.add(session, [webhook], messages.test_message(utcnow()))
    audit.record(session, "webhook:tested", target_of(webhook), actor=actor, reason=checked)
    return webhook


def target_of(webhook: Webhook) -> Target:
    """Return the webhook as audit events name it."""
    return Target("webhook", webhook.name, webhook.id)


def _checked(edit: WebhookEdit) -> tuple[dict[str, str | bool], str]:
    """Return the columns as they are stored, and the reason."""
    passed = validation.all_of(
        name=lambda: _checked_name(edit.name),
        url=lambda: receivers.checked_url(edit.url),
        subjects=lambda: _checked_subjects(edit.subjects),
        reason=lambda: checked_reason(edit.reason),
    )
    reason = str(passed.pop("reason"))
    return {**passed, "is_active": edit.is_active}, reason


def _checked_name(text: str) -> str:
    name = checked_line(text, field="name", what="The name", limit=NAME_CHARACTERS)
    if not name:
        raise InvalidValue("Enter a name, such as that of the program that listens.", field="name")
    return name


def _checked_subjects(subjects: Sequence[str]) -> str:
    chosen = [subject for subject in SUBJECTS if subject in subjects]
    if not chosen or set(subjects) - set(SUBJECTS):
        raise InvalidValue("Choose what the receiver is told of.", field="subjects")
    return ",".join(chosen)


def _locked(session: DbSession, webhook_id: int, etag: str | None = None) -> Webhook:
    query = select(Webhook).where(Webhook.id == webhook_id).with_for_update()
    webhook = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if webhook is None:
        raise NotFound("This webhook does not exist.")
    if etag is not None and etag != etag_of(webhook):
        raise WebhookChangedMeanwhile(
            "Somebody has changed this webhook since you opened it. The details show how it is now;"
            " save again to replace it by what you entered."
        )
    return webhook


def _end(session: DbSession) -> int:
    """Return the end of the chain of audit events."""
    return session.scalars(select(ChainHead.sequence)).one()
