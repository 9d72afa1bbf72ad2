"""The ends of a time range: a day, or a day with a time, as people write them."""

from datetime import UTC, date, datetime, timedelta, tzinfo

from app.domain.audit.activity import start_of
from app.domain.errors import InvalidValue

YEARS = range(1970, 9000)
ONE_DAY, ONE_MINUTE, ONE_SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
HOW = "A day is written like 2026-11-22, a time like 2026-11-22T14:05."


def range_start(text: str, zone: tzinfo, *, field: str = "from") -> datetime | None:
    """Return the time at which a range begins; None for no text.

    Args:
        text: A day, or a day with a time.
        zone: The time zone of days, and of times that have none.
        field: The field of the text.

    Raises:
        InvalidValue: It is none of these.
    """
    if not text:
        return None
    moment = _parsed(text, field)
    return _placed(moment, zone) if isinstance(moment, datetime) else start_of(moment, zone)


def range_end(text: str, zone: tzinfo, *, field: str = "to") -> datetime | None:
    """Return the end of a range, which is no longer part of it; None for no text.

    The day, the minute or the second that is written is part of the range; see `range_start`.
    """
    if not text:
        return None
    moment = _parsed(text, field)
    if not isinstance(moment, datetime):
        return start_of(moment + ONE_DAY, zone)
    # The hour that a clock shows twice is part of it both times.
    return _placed(moment.replace(fold=1), zone) + (ONE_SECOND if moment.second else _unit(text))


def _parsed(text: str, field: str) -> date:
    try:
        moment = date.fromisoformat(text) if len(text) <= len("2026-11-22") else _time(text)
    except ValueError as error:
        raise InvalidValue(HOW, field=field) from error
    if moment.year not in YEARS:
        raise InvalidValue("The audit log has no such day.", field=field)
    return moment


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(microsecond=0)


def _placed(moment: datetime, zone: tzinfo) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _unit(text: str) -> timedelta:
    clock = text[len("2026-11-22T") :].partition("+")[0]
    return ONE_SECOND if clock.count(":") > 1 else ONE_MINUTE
