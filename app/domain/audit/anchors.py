"""Anchors: the end of the chain, written to the log now and then.

Whoever can write the database and knows the key can make another chain; the log tells them apart.
"""

import logging
import re
import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

EVERY_SECONDS = 900
EVERY_EVENTS = 1_000

LOGGER = __name__
log = logging.getLogger(LOGGER)
_PATTERN = re.compile(r"audit head: sequence=(\d{1,19}) hash=([0-9a-f]{64})")


class Anchor(NamedTuple):
    """A link that the chain must have forever."""

    sequence: int
    hash: str

    @property
    def line(self) -> str:
        """The anchor as the log has it."""
        return f"audit head: sequence={self.sequence} hash={self.hash}"


class _Logged:
    """The last anchor that this process has logged."""

    at = -float(EVERY_SECONDS)
    sequence = 0


def log_at_intervals(anchor: Anchor) -> None:
    """Log an anchor, unless this process has logged one shortly before."""
    now = time.monotonic()
    is_due = now - _Logged.at >= EVERY_SECONDS
    if is_due or anchor.sequence - _Logged.sequence >= EVERY_EVENTS:
        _Logged.at, _Logged.sequence = now, anchor.sequence
        log.info("%s", anchor.line)


def found_in(lines: Iterable[str]) -> Iterator[Anchor]:
    """Yield the anchors among the lines of a log."""
    for line in lines:
        for sequence, hashed in _PATTERN.findall(line):
            yield Anchor(int(sequence), hashed)
