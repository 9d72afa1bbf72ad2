"""The chain of events: one chain, whoever writes, and nothing in it can be changed unnoticed."""

import json
from functools import partial

import pytest
from sqlalchemy import delete, event, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from app.domain import audit, settings
from app.domain.audit import BrokenChain
from app.domain.audit.anchors import Anchor
from app.domain.target import Target
from app.models import ApplicationSetting, AuditEvent, ChainEntry, ChainHead
from app.unit_of_work import carry_out
from tests.races.pairs import Pair
from tests.support.past_settings import take_start
from tests.support.people import OPERATOR, acting


@pytest.fixture
def chained(session):
    """Five chained events; their ids."""
    for number in range(5):
        audit.record(session, "setting:changed", Target("setting", f"s{number}"), actor=OPERATOR)
    session.commit()
    return list(session.scalars(select(AuditEvent.id).order_by(AuditEvent.id)))


@pytest.fixture
def tamper(session):
    """Changes the record behind the back of the console."""

    def tamper(*statements):
        session.execute(update(ChainHead).values(allows_changes=True))
        for statement in statements:
            session.execute(statement)
        session.execute(update(ChainHead).values(allows_changes=False))
        session.commit()

    return tamper


@pytest.fixture
def numbers(session):
    """The ids of two settings that hold 0."""
    rows = [ApplicationSetting(key=key, value="0", data_type="integer") for key in ("one", "two")]
    session.add_all(rows)
    session.commit()
    return [row.id for row in rows]


def save(session, setting_id, number, actor):
    carry_out(
        lambda: settings.overwrite(session, setting_id, str(number), "", actor=actor), actor=actor
    )


def fault(session, **options):
    with pytest.raises(BrokenChain) as caught:
        audit.verify(session, **options)
    return str(caught.value)


def test_what_is_recorded_is_chained(session, chained):
    verified = audit.verify(session)

    assert (verified.events, verified.without_key, verified.link.sequence) == (5, 0, 5)


def test_an_edited_event_is_found(session, chained, tamper):
    tamper(update(AuditEvent).where(AuditEvent.id == chained[2]).values(actor_name="mallory"))

    assert fault(session) == f"Event {chained[2]} was edited or moved."


def test_an_inserted_event_is_found(session, chained, tamper):
    columns = select(AuditEvent).where(AuditEvent.id == chained[0])
    row = dict(session.execute(columns.with_only_columns(*AuditEvent.__table__.c)).mappings().one())
    tamper(insert(AuditEvent).values(row | {"id": chained[4] + 1}))

    assert fault(session) == f"Event {chained[4] + 1} was inserted: it is not in the chain."


def test_a_removed_event_is_found(session, chained, tamper):
    tamper(delete(AuditEvent).where(AuditEvent.id == chained[1]))
    assert fault(session) == f"Event {chained[1]} was removed."

    tamper(delete(ChainEntry).where(ChainEntry.event_id == chained[1]))
    assert fault(session) == f"Before event {chained[2]}, the chain lacks place 2."


def test_two_events_that_changed_places_are_found(session, chained, tamper):
    first, second = chained[1:3]
    entry = update(ChainEntry)
    tamper(
        entry.where(ChainEntry.event_id == first).values(event_id=0),
        entry.where(ChainEntry.event_id == second).values(event_id=first),
        entry.where(ChainEntry.event_id == 0).values(event_id=second),
    )

    assert fault(session) == f"Event {second} was edited or moved."


def test_a_chain_that_was_cut_off_is_found(session, chained, tamper):
    tamper(delete(ChainEntry).where(ChainEntry.id > 3))
    assert fault(session) == "The last events were cut off: 2 are missing."

    hashed = session.scalar(select(ChainEntry.hash).where(ChainEntry.id == 3))
    tamper(
        delete(AuditEvent).where(AuditEvent.id > chained[2]),
        update(ChainHead).values(sequence=3, hash=hashed),
    )
    assert fault(session) == "The end of the chain is not the signed one: events were cut off."


def test_an_anchor_of_the_log_finds_a_chain_that_was_cut_off_and_signed(session, chained, tamper):
    end = session.execute(select(ChainHead.sequence, ChainHead.hash)).one()
    anchor = Anchor(*end)
    assert audit.verify(session, anchors=[anchor]).events == 5

    assert fault(session, anchors=[Anchor(6, anchor.hash)]).startswith("The last events were cut")
    assert fault(session, anchors=[Anchor(5, "0" * 64)]).endswith("is not the one of the anchor.")


@pytest.mark.only_on("sqlite")
def test_entries_behind_the_end_and_a_lost_end_are_found(session, chained, tamper):
    tamper(insert(ChainEntry).values(id=6, event_id=0, hash="", key_id=""))
    assert fault(session) == "The end of the chain was changed: there are entries behind it."

    session.execute(delete(ChainHead))
    assert fault(session) == "The end of the chain was removed from console_audit_head."


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("key_id", "sentence"),
    [("", "Event {} has no key."), ("other", "Event {} was signed with the key other")],
)
def test_an_event_without_a_known_key_is_found(session, chained, tamper, key_id, sentence):
    entry = update(ChainEntry).where(ChainEntry.event_id == chained[1])
    tamper(entry.values(key_id=key_id))

    assert fault(session, require_key=True).startswith(sentence.format(chained[1]))


@pytest.mark.only_on("sqlite")
def test_a_record_of_pruning_counts_in_the_chain_only(session, chained, tamper):
    link = session.execute(select(ChainEntry.id, ChainEntry.hash).filter_by(id=3)).one()
    removed = delete(ChainEntry).where(ChainEntry.id <= link.id)
    after = {"sequence": link.id, "hash": link.hash, "earlier_up_to": chained[4] + 1}
    columns = select(*AuditEvent.__table__.c).where(AuditEvent.id == chained[0])
    row = dict(session.execute(columns).mappings().one()) | {"id": chained[4] + 1}
    row |= {"action": "audit:pruned", "target_type": "audit", "after": json.dumps(after)}
    old_events = delete(AuditEvent).where(AuditEvent.id <= chained[2])
    tamper(removed, old_events, insert(AuditEvent).values(row))

    assert fault(session).endswith("the record of pruning is not in the chain.")
    anchor = Anchor(3, "0" * 64)
    assert fault(session, anchors=[anchor]) == "The chain does not have the anchor of place 3."


@pytest.mark.parametrize("table", ["console_audit_events", "console_audit_chain"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 100", "DELETE FROM {}"])
def test_the_database_refuses_to_change_the_record(session, chained, table, statement):
    with pytest.raises(DBAPIError, match=r"flask audit prune only"):
        session.execute(text(statement.format(table)))
    session.rollback()

    assert audit.verify(session).events == 5


def test_what_was_taken_back_is_not_chained(session, chained):
    audit.record(session, "setting:changed", Target("setting", "s"), actor=OPERATOR)
    session.rollback()
    session.commit()

    assert audit.verify(session).link.sequence == 5


def test_what_a_savepoint_took_back_is_not_chained(session, chained):
    with session.begin_nested() as savepoint:
        audit.record(session, "setting:changed", Target("setting", "lost"), actor=OPERATOR)
        savepoint.rollback()
    audit.record(session, "setting:changed", Target("setting", "kept"), actor=OPERATOR)
    session.commit()

    assert audit.verify(session).events == 6


@pytest.fixture
def as_mysql(session):
    """MariaDB returns what it has inserted, and MySQL does not."""
    engine = session.get_bind()
    engine.clear_compiled_cache()
    engine.dialect.insert_returning = False
    yield
    engine.dialect.insert_returning = True
    engine.clear_compiled_cache()


@pytest.mark.only_on("mysql")
@pytest.mark.usefixtures("as_mysql")
def test_events_that_the_database_does_not_return_are_read(session, chained):
    event = audit.record(session, "setting:changed", Target("setting", "one"), actor=OPERATOR)
    session.commit()

    assert session.get(AuditEvent, event.id).target_name == "one"
    assert audit.verify(session).events == 6


def test_a_chain_that_cannot_be_written_takes_the_change_back(session, ada, numbers):
    def fail(_connection, _cursor, statement, *_):
        if statement.startswith("INSERT INTO console_audit_chain"):
            raise RuntimeError("The disk is full.")

    event.listen(session.get_bind(), "before_cursor_execute", fail)
    with pytest.raises(RuntimeError):
        save(session, numbers[0], 7, acting(ada))
    event.remove(session.get_bind(), "before_cursor_execute", fail)
    session.rollback()

    assert session.get(ApplicationSetting, numbers[0]).value == "0"
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == 0


def test_two_who_save_at_once_write_one_chain(app, session, ada, numbers):
    actor = acting(ada)
    take_start(session)
    # A start has one event for each hundred of ids, and those of a server have any.
    start = audit.verify(session).events
    session.rollback()
    with Pair(app) as pair:
        for number in range(1, 11):
            moves = [partial(save, session, setting_id, number, actor) for setting_id in numbers]
            pair.at_once(*((lambda: None, move) for move in moves))

    assert audit.verify(session).events == start + 20


def test_events_from_before_the_chain_are_covered_by_a_digest(session, chained, tamper):
    entries = [delete(ChainEntry), update(ChainHead).values(sequence=0, hash="", signature="")]
    tamper(*entries)
    earlier = audit.find_earlier(session, release=session.rollback)
    carry_out(lambda: audit.start(session, earlier, actor=OPERATOR), actor=OPERATOR)

    verified = audit.verify(session)
    assert (verified.earlier, verified.events) == (5, 1)
    assert audit.find_earlier(session, release=session.rollback) is None

    tamper(update(AuditEvent).where(AuditEvent.id == chained[0]).values(reason="None."))
    assert fault(session) == "An event from before the chain was edited, inserted or removed."
