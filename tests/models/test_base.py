"""What all tables share: moments in UTC, and keys that compare byte by byte."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from app.models import ApplicationSetting
from app.models.base import normalised, utcnow

TOKYO = timezone(timedelta(hours=9))


def setting(key, **columns):
    return ApplicationSetting(key=key, **columns)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC),
        datetime(2026, 3, 29, 10, 30, 0, 123456, tzinfo=TOKYO),
    ],
)
def test_a_moment_is_kept_to_the_microsecond_in_utc(session, moment):
    session.add(setting("moment", created_at=moment))
    session.commit()
    session.expire_all()

    stored = session.scalars(
        select(ApplicationSetting.created_at).where(ApplicationSetting.key == "moment")
    ).one()
    assert stored == moment
    assert stored.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(session):
    session.add(setting("moment", created_at=datetime(2026, 1, 1)))  # noqa: DTZ001 - the point

    with pytest.raises(StatementError):
        session.commit()


def test_a_change_moves_the_moment_of_the_last_change(session):
    row = setting("moment", value="1")
    session.add(row)
    session.commit()
    created, before = row.created_at, row.updated_at

    row.value = "2"
    session.commit()

    assert row.created_at == created
    assert before < row.updated_at <= utcnow()


@pytest.mark.parametrize("twin", ["KEY", " key", "kéy", "ke\u0301y", "ｋey"])
def test_keys_compare_byte_by_byte(session, twin):
    session.add_all([setting("key", value="one"), setting(twin, value="two")])
    session.commit()

    found = select(ApplicationSetting.value).where(ApplicationSetting.key == "key")
    assert session.scalars(found).all() == ["one"]


@hypothesis_settings(max_examples=300)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_what_is_normalised_stays_as_it_is(text):
    once = normalised(text)

    assert normalised(once) == once
    assert normalised(text.upper().lower()) == normalised(normalised(text.upper().lower()))
