"""Whatever was changed, the record tells the settings of every moment, and restores them."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as run
from hypothesis import strategies as some
from sqlalchemy import select

from app.domain import settings
from app.domain.settings import (
    BulkSettingEdit,
    NewSetting,
    SettingEdit,
)
from app.models import ApplicationSetting, AuditEvent
from app.models.base import utcnow
from tests.support.past_settings import change, delete, restore, values
from tests.support.people import OPERATOR

KEYS = ("first", "second", "third")
VERBS = ("set", "unset", "delete", "restore", "many")
STEPS = some.lists(
    some.tuples(some.sampled_from(KEYS), some.sampled_from(VERBS), some.sampled_from("123")),
    min_size=3,
    max_size=12,
)


@given(STEPS)
@run(
    derandomize=True,
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@pytest.mark.only_on("sqlite")
def test_every_moment_is_told_and_restored(session, steps):
    run_through(session, steps)


def test_every_database_tells_and_restores(session):
    run_through(
        session,
        [
            ("first", "set", "1"),
            ("second", "set", "2"),
            ("first", "many", "3"),
            ("first", "unset", ""),
            ("second", "delete", ""),
            ("second", "restore", ""),
            ("second", "set", "1"),
            ("first", "delete", ""),
            ("third", "set", "2"),
            ("second", "delete", ""),
        ],
    )


def run_through(session, steps):
    moments = []
    for key, verb, text in steps:
        take(session, key, verb, text)
        session.commit()
        moments.append((utcnow(), values(session, KEYS)))
    for moment, then in moments:
        assert told(session, moment) == then
    for moment, then in moments[::-1]:
        before = values(session, KEYS)
        restore(session, moment)
        assert values(session, KEYS) == before | then


def take(session, key, verb, text):
    """Take one step as an operator takes it; nothing where there is nothing to do."""
    setting = session.scalars(select(ApplicationSetting).filter_by(key=key)).first()
    new = None if verb == "unset" else text
    if verb == "restore" and setting is None:
        deletion = select(AuditEvent.id).filter_by(action="setting:deleted", target_name=key)
        event_id = session.scalars(deletion.order_by(AuditEvent.id.desc())).first()
        if event_id:
            settings.restore(session, event_id, actor=OPERATOR)
    elif verb == "many":
        save(session, dict.fromkeys(KEYS, text))
    elif setting is None and verb == "set":
        settings.create(session, NewSetting(key, "string", text), actor=OPERATOR)
    elif setting is not None and verb == "delete":
        delete(session, setting)
    elif setting is not None and verb in {"set", "unset"}:
        change(session, setting, new)


def save(session, wanted):
    found = session.scalars(select(ApplicationSetting).where(ApplicationSetting.key.in_(wanted)))
    edits = {one.id: SettingEdit(wanted[one.key], settings.etag_of(one)) for one in found}
    settings.change_many(session, BulkSettingEdit(edits), actor=OPERATOR)
    session.commit()


def told(session, moment):
    past = settings.as_of(session, moment).values
    return {one.key: one.value for one in past if one.was_there and one.key in KEYS}


def test_what_is_recorded_as_a_mask_is_not_restored():
    mask = settings.masked("sk-abcdefghijklmnopqrstuvwx")
    past = settings.PastValue("k", was_there=True, is_there=True, value=mask, later="x", line=None)

    assert past.why_not.startswith("Its value holds a password.")
