"""Two who act in the same moment, each on a node of Galera of their own."""

import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, select

from app import unit_of_work
from app.cli.findings import outside
from app.domain.actor import Actor
from app.domain.errors import RuleError
from app.extensions import db
from app.models import ApplicationSetting, Role, User
from tests.races import test_last_administrator as administrators
from tests.races import test_lost_updates as updates
from tests.races.pairs import Pair
from tests.support.people import OPERATOR, acting, person
from tools.trust import consoles
from tools.trust.clusters import galera, load
from tools.trust.clusters.galera import Cluster
from tools.trust.consoles import Outcome

ROUNDS = 1_000
READS = 300
APPLIED = "SET STATEMENT wsrep_sync_wait = 15 FOR SELECT 1 FROM users LIMIT 1"
VALUE = "SELECT value FROM rag_fortress.application_settings WHERE id = {}"


class Race:
    """Two consoles, each on a node of its own, and two who administer."""

    def __init__(self, apps: Sequence[Flask]) -> None:
        """Add Boris beside Ada, and a setting."""
        self._apps, self._chance = apps, random.Random(1)
        self._engines: list[Engine] = []
        for app in apps:
            with app.app_context():
                self._engines.append(db.engine)
        with apps[0].app_context():
            person(db.session, "boris", roles=["admin"])
            setting = ApplicationSetting(key="greeting", value="Hello")
            db.session.add(setting)
            db.session.commit()
            self.setting_id = setting.id
            people = db.session.scalars(select(User).where(User.username.in_(("ada", "boris"))))
            self._actors: dict[int, Actor] = {user.id: acting(user) for user in people}
            self._admin = db.session.scalars(select(Role.id).where(Role.name == "admin")).one()
            db.session.remove()

    def for_last_administrator(self, rounds: int) -> tuple[int, list[str]]:
        """Have both demote each other; return how often one was told no, and what went wrong."""
        told, problems = 0, []
        with Pair(*self._apps) as pair:
            for _ in range(rounds):
                outcomes = pair.at_once(*self._demotions())
                told += sum(isinstance(outcome, RuleError) for outcome in outcomes)
                with self._applied() as connection:
                    left = connection.scalar(administrators.administrators(self._admin))
                if left != 1 or outcomes.count(None) != 1:
                    problems.append(f"{left} administrators left")
        return told, problems

    def for_one_setting(self, rounds: int) -> tuple[int, list[str]]:
        """Have both save one setting; return how often one was told, and what went wrong."""
        told, problems, before = 0, [], "Hello"
        self._put_back()
        with Pair(*self._apps) as pair:
            for number in range(rounds):
                like = self._chance.choice(updates.LIKE)
                typed = updates.typed_by_both(like, number)
                both = zip(typed, self._actors.values(), strict=True)
                saves = [updates.saving(db.session, self.setting_id, *one) for one in both]
                outcomes = pair.at_once(*saves)
                told += sum(isinstance(outcome, RuleError) for outcome in outcomes)
                with self._applied() as connection:
                    stored = connection.scalar(updates.value_of(self.setting_id))
                    last = updates.last_change(connection)
                saved = [text for text, outcome in zip(typed, outcomes, strict=True) if not outcome]
                if saved != [stored] or last != (before, stored):
                    problems.append(f"{saved} saved, {stored!r} stored")
                before = stored
        return told, problems

    def _demotions(self) -> list[Any]:
        self._put_back()
        actors = [OPERATOR, *self._actors.values()]
        return [
            administrators.demotion(
                db.session,
                target,
                self._chance.choice(actors),
                self._chance.choice(administrators.WAYS),
                self._admin,
            )
            for target in self._actors
        ]

    def _put_back(self) -> None:
        with self._engines[0].begin() as connection:
            administrators.put_back(connection, list(self._actors), self._admin)
        with self._applied():
            pass

    def _applied(self) -> Connection:
        """Return a connection, once both nodes have applied what was committed on any."""
        for engine in self._engines:
            with engine.connect() as connection:
                connection.exec_driver_sql(APPLIED)
        return self._engines[0].connect()


def trials(cluster: Cluster, rounds: int = ROUNDS) -> Iterator[Outcome]:
    """Race on two nodes of a cluster, whose database is prepared."""
    with ExitStack() as stack:
        addresses = [member.address for member in cluster.members[:2]]
        # The context of the first one is the last to be entered: what is saved here is saved there.
        made = [load.console(galera.variables(address)) for address in reversed(addresses)]
        apps = [stack.enter_context(console) for console in made][::-1]
        race = Race(apps)
        for name, run in (
            ("for the last administrator", race.for_last_administrator),
            ("for one setting", race.for_one_setting),
        ):
            again = _Repeats()
            with again:
                told, problems = run(rounds)
            # What each round began with was put back past the console.
            list(outside.record())
            fault = consoles.chain_fault()
            result = f"{len(problems)} violations, {told} told of it, {again.count} tries repeated"
            result += f"; {fault or 'the chain is whole'}" + "".join(f"; {p}" for p in problems[:3])
            yield Outcome(
                f"Galera, {rounds:,} races {name}, on two nodes: 0 violations",
                result,
                told == rounds and not problems and not fault,
            )
        yield _stale_reads(cluster, race.setting_id)


class _Repeats:
    """Counts the tries that were repeated because of a conflict."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> "_Repeats":
        self._usual = unit_of_work.wait_about
        unit_of_work.wait_about = self._wait
        return self

    def __exit__(self, *_: object) -> None:
        unit_of_work.wait_about = self._usual

    def _wait(self, seconds: float) -> None:
        self.count += 1
        self._usual(seconds)


def _stale_reads(cluster: Cluster, setting_id: int) -> Outcome:
    """Save on one node and read on another one at once, with and without waiting for it."""
    stale = {0: 0, 1: 0}
    with cluster.members[1].connection() as reader, reader.cursor() as cursor:
        for wait in stale:
            cursor.execute(f"SET wsrep_sync_wait = {wait}")
            for number in range(READS):
                consoles.save([setting_id], f"{wait} {number}")
                cursor.execute(VALUE.format(setting_id))
                stale[wait] += cursor.fetchone() != (f"{wait} {number}",)
    return Outcome(
        f"Galera, {READS} saves read on another node at once: none stale with wsrep_sync_wait = 1",
        f"{stale[0]} stale without, {stale[1]} with it",
        stale[1] == 0,
    )
