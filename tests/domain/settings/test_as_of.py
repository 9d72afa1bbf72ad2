"""Whatever was changed, the record tells the settings of every moment, and restores them."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as run
from hypothesis import strategies as some
from sqlalchemy import select

from app.domain import settings
from app.domain.confirmation import Deletion
from app.domain.settings import BulkSettingEdit, NewSetting, SettingEdit
from app.models import ApplicationSetting, AuditEvent
from app.models.base import utcnow
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
        ],
    )


def run_through(session, steps):
    moments = []
    for key, verb, text in steps:
        take(session, key, verb, text)
        session.commit()
        moments.append((utcnow(), values(session)))
    for moment, then in moments:
        assert told(session, moment) == then
    moment, then = moments[len(moments) // 2]
    restore(session, moment)
    both = then.keys() & values(session).keys()
    assert {key: values(session)[key] for key in both} == {key: then[key] for key in both}


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
        deletion = Deletion(name=key, etag=settings.etag_of(setting))
        settings.delete(session, setting.id, deletion, actor=OPERATOR)
    elif setting is not None and verb in {"set", "unset"}:
        edit = SettingEdit(new, settings.etag_of(setting))
        settings.change(session, setting.id, edit, actor=OPERATOR)


def save(session, wanted):
    found = session.scalars(select(ApplicationSetting).where(ApplicationSetting.key.in_(wanted)))
    edits = {one.id: SettingEdit(wanted[one.key], settings.etag_of(one)) for one in found}
    settings.change_many(session, BulkSettingEdit(edits), actor=OPERATOR)
    session.commit()


def values(session):
    found = session.scalars(select(ApplicationSetting).where(ApplicationSetting.key.in_(KEYS)))
    return {setting.key: setting.value for setting in found}


def told(session, moment):
    past = settings.as_of(session, moment).values
    return {one.key: one.value for one in past if one.was_there and one.key in KEYS}


def restore(session, moment):
    past = settings.as_of(session, moment).values
    save(session, {one.key: one.value for one in past if one.differs and not one.why_not})
