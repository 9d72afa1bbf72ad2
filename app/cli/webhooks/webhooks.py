"""``flask webhooks``: the receivers that are told of changes."""

import json
from collections.abc import Sequence
from typing import Any

import click

from app.cli import output
from app.cli.actor import current_actor
from app.cli.arguments import TEXT, json_option, reason_option
from app.cli.commands import CommandGroup
from app.cli.webhooks.deliver import deliver
from app.domain import webhooks as domain
from app.domain.confirmation import Deletion
from app.domain.paging import Cursors
from app.domain.webhooks import SUBJECTS, WebhookEdit
from app.extensions import db
from app.models import Webhook
from app.unit_of_work import carry_out, read

TITLES = ("ID", "NAME", "TOLD OF", "STATE", "WAITING", "FAILED", "URL")
COUNTED = (domain.PENDING, domain.FAILED)
webhook_id = click.argument("webhook_id", type=int, metavar="ID")
delivery_argument = click.argument("delivery_id", type=int, metavar="DELIVERY")
told_of = click.option(
    "--of",
    "subjects",
    type=click.Choice(SUBJECTS),
    multiple=True,
    help="Kind of thing whose changes it is told of (can be repeated); by default, all.",
)


@click.group(cls=CommandGroup)
def webhooks() -> None:
    """Manage webhooks and deliver their messages.

    ID is the number that the list shows.
    """


webhooks.add_command(deliver)


@webhooks.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List webhooks with the number of messages that wait or failed; never their keys."""
    counts = domain.counts(db.session)
    rows = [_as_object(each, counts.get(each.id, {})) for each in domain.read_all(db.session)]
    if as_json:
        output.write_json(rows)
    else:
        output.write_table(TITLES, map(_as_cells, rows))


@webhooks.command()
@click.argument("name", type=TEXT)
@click.argument("url", type=TEXT)
@told_of
@reason_option
def add(name: str, url: str, subjects: Sequence[str], reason: str) -> None:
    """Add a webhook, and print the key of its signatures; it is not shown again."""
    new, actor = WebhookEdit(name, url, subjects or SUBJECTS, reason=reason), current_actor()
    webhook, key = carry_out(lambda: domain.create(db.session, new, actor=actor), actor=actor)
    output.say(f"Added the webhook {webhook.name} with the ID {webhook.id}. Its key:")
    output.write(key)


@webhooks.command()
@webhook_id
@click.option("--name", type=TEXT, help="Another name.")
@click.option("--url", type=TEXT, help="Another URL.")
@told_of
@reason_option
def change(
    webhook_id: int, name: str | None, url: str | None, subjects: Sequence[str], reason: str
) -> None:
    """Change the name, the URL or what a webhook is told of."""
    changes = {"name": name, "url": url, "subjects": subjects or None}
    _change(webhook_id, reason, **{key: to for key, to in changes.items() if to is not None})


@webhooks.command()
@webhook_id
@reason_option
def activate(webhook_id: int, reason: str) -> None:
    """Activate a webhook: it is told of what changes from now on."""
    _change(webhook_id, reason, is_active=True)


@webhooks.command()
@webhook_id
@reason_option
def deactivate(webhook_id: int, reason: str) -> None:
    """Deactivate a webhook: nothing is sent to it."""
    _change(webhook_id, reason, is_active=False)


@webhooks.command()
@webhook_id
@reason_option
def remove(webhook_id: int, reason: str) -> None:
    """Delete a webhook with its deliveries."""
    found, actor = _found(webhook_id), current_actor()
    deletion = Deletion(found.name, domain.etag_of(found), reason)
    db.session.rollback()
    carry_out(lambda: domain.delete(db.session, webhook_id, deletion, actor=actor), actor=actor)
    output.say(f"Deleted the webhook {deletion.name}.")


@webhooks.command()
@webhook_id
@reason_option
def rotate(webhook_id: int, reason: str) -> None:
    """Replace the key of a webhook, and print the new one; the former signs too for 24 hours."""
    actor = current_actor()
    webhook, key = carry_out(
        lambda: domain.rotate(db.session, webhook_id, reason, actor=actor), actor=actor
    )
    output.say(f"The new key of the webhook {webhook.name}:")
    output.write(key)


@webhooks.command()
@webhook_id
@reason_option
def test(webhook_id: int, reason: str) -> None:
    """Put a test message for a webhook into the outbox."""
    actor = current_actor()
    carry_out(lambda: domain.send_test(db.session, webhook_id, reason, actor=actor), actor=actor)
    output.say("The test message is sent by the next: flask webhooks deliver")


@webhooks.command()
@webhook_id
@json_option
def deliveries(webhook_id: int, *, as_json: bool) -> None:
    """List the 50 newest deliveries of a webhook with the answers."""
    read(lambda: _found(webhook_id))
    page = domain.list_page(db.session, webhook_id, Cursors())
    rows = [_delivery(row) for row in page.rows]
    if as_json:
        output.write_json(rows)
        return
    titles = ("ID", "TIME", "TYPE", "STATE", "ATTEMPTS", "STATUS", "ANSWER")
    cells = ("id", "created_at", "type", "state", "attempts", "status", "answer")
    output.write_table(titles, ([_cell(row[name]) for name in cells] for row in rows))


@webhooks.command()
@delivery_argument
@json_option
def delivery(delivery_id: int, *, as_json: bool) -> None:
    """Print the message of a delivery and the last answer, by the ID of the delivery."""
    found = read(lambda: _message(delivery_id))
    if as_json:
        output.write_json([found])
        return
    message = found.pop("message")
    for name, value in found.items():
        output.write(output.printable(f"{name}: {_cell(value)}"))
    for line in json.dumps(message, indent=2, ensure_ascii=False).split("\n"):
        output.write(output.printable(line))


@webhooks.command()
@delivery_argument
@reason_option
def again(delivery_id: int, reason: str) -> None:
    """Put a message into the outbox once more, by the ID of its delivery."""
    actor = current_actor()
    carry_out(lambda: domain.again(db.session, delivery_id, reason, actor=actor), actor=actor)
    output.say("The message is sent by the next: flask webhooks deliver")


def _change(webhook_id: int, reason: str, **changes: Any) -> None:
    found, actor = read(lambda: _found(webhook_id)), current_actor()
    stored: dict[str, Any] = {
        "name": found.name,
        "url": found.url,
        "subjects": found.subjects.split(","),
        "is_active": found.is_active,
    }
    edit = WebhookEdit(**(stored | changes), etag=domain.etag_of(found), reason=reason)
    changed = carry_out(
        lambda: domain.change(db.session, webhook_id, edit, actor=actor), actor=actor
    )
    output.say(f"Saved the webhook {edit.name}." if changed else "Nothing to change.")


def _found(webhook_id: int) -> Webhook:
    webhook = domain.get(db.session, webhook_id)
    db.session.expunge(webhook)
    return webhook


def _as_object(webhook: Webhook, counts: dict[str, int]) -> dict[str, Any]:
    return {
        "id": webhook.id,
        "name": webhook.name,
        "url": webhook.url,
        "subjects": webhook.subjects.split(","),
        "is_active": webhook.is_active,
        "stopped_because": webhook.stopped_because,
        "failing_since": webhook.failing_since and webhook.failing_since.isoformat(),
        **{domain.state_name(state): counts.get(state, 0) for state in COUNTED},
    }


def _as_cells(row: dict[str, Any]) -> tuple[str, ...]:
    state = "active" if row["is_active"] else "inactive"
    if row["is_active"] and row["failing_since"]:
        state = "failing"
    subjects = ", ".join(row["subjects"])
    numbers = (str(row[domain.state_name(state)]) for state in COUNTED)
    return (str(row["id"]), row["name"], subjects, state, *numbers, row["url"])


def _delivery(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "message_id": row.message_id,
        "type": row.type,
        "state": domain.state_name(row.state),
        "attempts": row.attempts,
        "status": row.status,
        "answer": row.answer,
        "created_at": row.created_at.isoformat(),
        "due_at": row.due_at.isoformat() if row.state == domain.PENDING else None,
    }


def _message(delivery_id: int) -> dict[str, Any]:
    row = domain.get_delivery(db.session, delivery_id)
    return _delivery(row) | {"message": json.loads(row.payload)}


def _cell(value: object) -> str:
    return "–" if value is None else str(value)
