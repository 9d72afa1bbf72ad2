"""Messages: what a receiver is told of recorded changes.

They name what changed and by whom, and hold no values: a program that may know those asks the API.
"""

import json
import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from app.domain.audit import fields_of
from app.models import AuditEvent

SUBJECTS = ("setting", "role", "user")
TEST = "webhook.test"
# The number of changes that one message holds.
MOST_CHANGES = 100
TYPES = {
    "setting:created": "setting.created",
    "setting:changed": "setting.changed",
    "setting:changed-outside": "setting.changed",
    "setting:encrypted": "setting.changed",
    "setting:deleted": "setting.deleted",
    "setting:restored": "setting.restored",
    "setting:rule-changed": "setting.rule_changed",
    "setting:marked-secret": "setting.rule_changed",
    "setting:unmarked-secret": "setting.rule_changed",
    "relation:added": "setting.rule_changed",
    "relation:changed": "setting.rule_changed",
    "relation:removed": "setting.rule_changed",
    "category:flagged": "setting.rule_changed",
    "role:created": "role.created",
    "role:changed": "role.changed",
    "role:renamed": "role.changed",
    "role:deleted": "role.deleted",
    "permission:granted": "role.permissions_changed",
    "permission:revoked": "role.permissions_changed",
    "user:created": "user.created",
    "user:changed": "user.changed",
    "user:deleted": "user.deleted",
    "user:activated": "user.activated",
    "user:deactivated": "user.deactivated",
    "role:assigned": "user.roles_changed",
    "role:unassigned": "user.roles_changed",
    "password:changed": "user.password_changed",
    "second-factor:set-up": "user.second_factor_changed",
    "second-factor:removed": "user.second_factor_changed",
    "second-factor:reset": "user.second_factor_changed",
}
# What an event of access tells beside its target: the role, or the permissions.
_DETAILS = ("role", "codes")


class Message(NamedTuple):
    """A message: its type, whose part before the dot is the subject, and its body."""

    type: str
    payload: str

    @property
    def subject(self) -> str:
        """The kind of thing that it tells of."""
        return self.type.partition(".")[0]


def new_message_id() -> str:
    """Return an id that no other message has."""
    return f"msg_{secrets.token_hex(16)}"


def messages_of(events: Sequence[AuditEvent]) -> Iterator[Message]:
    """Yield the messages for events in the order of the chain: one for each save and type."""
    groups: dict[tuple[str | int, str], list[AuditEvent]] = {}
    for event in events:
        if event.action in TYPES:
            groups.setdefault((event.save_id or event.id, TYPES[event.action]), []).append(event)
    for (_, type_), group in groups.items():
        for start in range(0, len(group), MOST_CHANGES):
            yield _message(type_, group[start : start + MOST_CHANGES])


def test_message(at: datetime) -> Message:
    """Return the message by which a receiver is tried."""
    return Message(TEST, _payload(TEST, at, {}))


def _message(type_: str, events: Sequence[AuditEvent]) -> Message:
    first = events[0]
    actor = {"kind": first.actor_kind, "id": first.actor_id, "name": first.actor_name}
    data = {
        "actor": actor,
        "reason": first.reason,
        "request_id": first.request_id,
        "save_id": first.save_id,
        "changes": [_change(event) for event in events],
    }
    return Message(type_, _payload(type_, first.at, data))


def _change(event: AuditEvent) -> dict[str, Any]:
    fields = fields_of(event.before) | fields_of(event.after)
    details = {name: fields[name] for name in _DETAILS if name in fields}
    return {
        "event_id": event.id,
        "action": event.action,
        "id": event.target_id,
        "name": event.target_name,
        **details,
    }


def _payload(type_: str, at: datetime, data: dict[str, Any]) -> str:
    timestamp = at.astimezone(UTC).isoformat(timespec="microseconds")
    body = {"type": type_, "timestamp": timestamp, "data": data}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
