"""Eight writers at once: one chain without a gap, and no error."""

import time
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from app.domain.errors import RuleError
from app.extensions import db
from tools.trust import consoles
from tools.trust.consoles import Database, Outcome

WRITERS, SAVES = 8, 200


def trial(database: Database, writers: int = WRITERS, saves: int = SAVES) -> Outcome:
    """Have processes save at the same time, each its own setting."""
    with consoles.console(database):
        ids = consoles.add_settings(writers)
        # The first save also records the values of all settings.
        consoles.save(ids, "-1")
        before = consoles.count_events()
        db.session.rollback()
        errors = consoles.PROCESSES.Queue()
        start = time.monotonic()
        processes = [consoles.started(_save, database, id_, saves, errors) for id_ in ids]
        found = [error for _ in processes for error in errors.get()]
        for process in processes:
            process.join()
        seconds = consoles.seconds_since(start)
        fault = consoles.chain_fault() or _missing(before + writers * saves)
    result = f"{writers * saves - len(found)} saved in {seconds}, {len(found)} errors"
    for text in sorted(set(found))[-3:]:
        result += f"; {text}"
    trial = f"{writers} writers, {saves} saves each: one chain, no gap, no error"
    return Outcome(trial, f"{result}; {fault or 'the chain is whole'}", not found and not fault)


def _save(setting_id: int, saves: int, errors: Any) -> None:
    found = []
    for number in range(1, saves + 1):
        try:
            consoles.save([setting_id], str(number))
        except (SQLAlchemyError, RuleError) as error:
            found.append(str(error).partition("\n")[0])
    errors.put(found)


def _missing(expected: int) -> str:
    count = consoles.count_events()
    return "" if count == expected else f"{count} events instead of {expected}"
