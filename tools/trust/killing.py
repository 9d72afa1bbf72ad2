"""Processes that are killed in the middle of a save: all of it is there afterwards, or nothing."""

import itertools
import os
import random
import signal
import time

from sqlalchemy import select

from app.domain import audit
from app.extensions import db
from app.models import ApplicationSetting, AuditEvent
from tests.support.databases import Database
from tools.trust import consoles
from tools.trust.consoles import Outcome

KILLS, SETTINGS = 200, 3
LONGEST = 0.03  # seconds from a save to the kill: some saves


def trial(database: Database, kills: int = KILLS, seed: int = 1) -> Outcome:
    """Kill a process that saves several settings together, again and again."""
    chance = random.Random(seed)
    with consoles.console(database):
        ids = consoles.add_settings(SETTINGS)
        torn = sum(_is_torn_by_kill(database, ids, number, chance) for number in range(kills))
        saves, fault = consoles.count_events() // SETTINGS, consoles.chain_fault()
    result = f"{torn} torn, {saves} whole saves; {fault or 'the chain is whole'}"
    trial = f"kill -9 in the middle of a save, {kills} times: none torn"
    return Outcome(trial, result, not torn and not fault and saves > 0)


def _is_torn_by_kill(
    database: Database, ids: list[int], number: int, chance: random.Random
) -> bool:
    read_end, write_end = os.pipe()
    process = consoles.started(_save, database, ids, number, write_end)
    os.read(read_end, 1)  # its first save is done
    time.sleep(chance.uniform(0, LONGEST))
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    os.close(read_end)
    os.close(write_end)
    return _is_torn(ids)


def _save(ids: list[int], number: int, write_end: int) -> None:
    for save in itertools.count(1):
        consoles.save(ids, str(number * 10_000 + save))
        os.write(write_end, b".")


def _is_torn(ids: list[int]) -> bool:
    """Tell whether values differ, or are not those of the newest events."""
    # A server may still be about to take back what a broken connection has left.
    db.session.rollback()
    db.session.connection(execution_options={"write": True})
    query = select(ApplicationSetting.value).where(ApplicationSetting.id.in_(ids))
    values = list(db.session.scalars(query.with_for_update()))
    newest = select(AuditEvent.after).order_by(AuditEvent.id.desc()).limit(len(ids))
    told = [audit.fields_of(after)["value"] for after in db.session.scalars(newest)]
    problem = audit.problem_of_end(db.session)
    db.session.rollback()
    return len({*values, *told}) != 1 or problem is not None
