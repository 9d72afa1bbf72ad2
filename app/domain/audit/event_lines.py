"""Event lines: the log has one for each event, once its transaction is committed.

It says who did what to what; the values before and after are in the database only.
"""

import logging
from collections.abc import Sequence
from typing import Any

log = logging.getLogger(__name__)
_TOLD = (
    *("save_id", "request_id", "actor_kind", "actor_id", "actor_name", "session_id", "address"),
    *("action", "target_type", "target_id", "target_name"),
)


def tell(first_sequence: int, events: Sequence[Any]) -> None:
    """Write a line for each event.

    Args:
        first_sequence: The place of the first of them in the chain.
        events: Rows of `app.models.AuditEvent`.
    """
    if not log.isEnabledFor(logging.INFO):
        return
    for sequence, event in enumerate(events, first_sequence):
        fields = {name: getattr(event, name) for name in _TOLD}
        log.info("event", extra={"sequence": sequence, **fields})
