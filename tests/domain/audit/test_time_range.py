"""The ends of a time range: what is written is part of it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.domain import audit
from app.domain.errors import InvalidValue

BERLIN = ZoneInfo("Europe/Berlin")


def at(*parts):
    return datetime(2026, *parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-11-22", at(11, 21, 23), at(11, 22, 23)),
        ("2026-11-22T14:05", at(11, 22, 13, 5), at(11, 22, 13, 6)),
        ("2026-11-22 14:05:30", at(11, 22, 13, 5, 30), at(11, 22, 13, 5, 31)),
        ("2026-11-22T14:05:00", at(11, 22, 13, 5), at(11, 22, 13, 5, 1)),
        ("2026-11-22T14:05Z", at(11, 22, 14, 5), at(11, 22, 14, 6)),
        ("2026-11-22T14:05+02:00", at(11, 22, 12, 5), at(11, 22, 12, 6)),
        # The clocks go back at three.
        ("2026-10-25T02:30", at(10, 25, 0, 30), at(10, 25, 1, 31)),
    ],
)
def test_a_day_and_a_time_are_those_of_the_zone(text, start, end):
    assert audit.range_start(text, BERLIN) == start
    assert audit.range_end(text, BERLIN) == end


@pytest.mark.parametrize("text", ["yesterday", "0001-01-01", "9999-12-31", "2026-11-22T25:00", "9"])
def test_what_is_no_time_is_refused(text):
    for ask in (audit.range_start, audit.range_end):
        with pytest.raises(InvalidValue):
            ask(text, BERLIN)
