"""Audit events: what they hold, and that they stand or fall with the change they tell of."""

from app.domain import audit
from app.domain.actor import Actor, ActorKind
from app.domain.target import Target
from app.models.base import utcnow
from tests.support.contents import recorded

ADA = Actor(kind=ActorKind.PERSON, name="ada", id=7, session_id=3, address="::1", request_id="abc")


def record(session, name="chunk_size", target_id=1, **details):
    event = audit.record(
        session, "setting:changed", Target("setting", name, target_id), actor=ADA, **details
    )
    session.commit()
    session.expire_all()
    return event


def test_an_event_says_who_did_what_to_what_and_why(session):
    event = record(session, before={"value": "1"}, after={"value": None}, reason="Too small.")

    assert (event.actor_kind, event.actor_name, event.actor_id) == ("person", "ada", 7)
    assert (event.session_id, event.address, event.request_id) == (3, "::1", "abc")
    assert (event.target_type, event.target_name, event.target_id) == ("setting", "chunk_size", 1)
    assert audit.fields_of(event.before) == {"value": "1"}
    assert audit.fields_of(event.after) == {"value": None}
    assert event.reason == "Too small."
    assert abs((utcnow() - event.at).total_seconds()) < 60


def test_an_event_goes_with_the_change_that_is_taken_back(session):
    audit.record(session, "setting:changed", Target("setting", "x"), actor=ADA)
    session.flush()

    session.rollback()

    assert recorded(session) == []


def test_text_of_any_script_and_size_comes_back_as_it_was(session):
    text = 'Grüße, 世界 🜁\n\t"quoted" \\ </script>' + "ä" * 65_535

    event = record(session, after={"value": text})

    assert audit.fields_of(event.after) == {"value": text}


def test_nothing_before_is_told_from_an_empty_before(session):
    assert record(session).before is None
    assert record(session, before={}).before == "{}"
    assert audit.fields_of(None) == {}


def test_names_are_cut_where_the_column_ends(session):
    assert record(session, name="x" * 300).target_name == "x" * 255


def test_each_save_has_an_id_of_its_own_unless_it_is_given(session):
    save_id = audit.new_save()
    events = [record(session), record(session), record(session, save_id=save_id)]

    assert len({event.save_id for event in events}) == 3
    assert events[2].save_id == save_id
