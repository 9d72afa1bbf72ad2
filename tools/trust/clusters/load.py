"""People who save and read without a pause, and what they were answered."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException
from math import inf

from flask import Flask
from sqlalchemy import select

from app import create_app
from app.domain import audit
from app.extensions import db
from app.models import AuditEvent
from tests.support.browsing import Browser, Page
from tests.support.databases import close
from tests.support.people import PASSWORD, person
from tools.trust import consoles
from tools.trust.clusters import nodes
from tools.trust.clusters.nodes import Node
from tools.trust.consoles import Outcome

WRITERS = 4
OK, SAVED, UNAVAILABLE = 200, 303, 503
PAUSE = 0.02  # seconds, after an answer that is no success
UNKNOWN = "We cannot tell whether this was saved"


@dataclass(frozen=True)
class Answer:
    """An answer of the console: of whom, when, and which value was acknowledged as saved."""

    name: str
    begun: float
    ended: float
    status: int
    saved: str | None = None


@dataclass
class Load:
    """The people, and the answers that they have had.

    Attributes:
        answers: All of them.
        consoles: The nodes, by turns one for each person; all by ``address`` if it is given.
        unclean: What no answer should be: an error without words, a lost session, a dead process.
    """

    consoles: Sequence[Node]
    setting_ids: list[int]
    address: str | None = None
    answers: list[Answer] = field(default_factory=list)
    unclean: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Sign everybody in."""
        self._ends = threading.Event()
        self._processes = self._running()
        self._browsers = {f"writer{id_}": self._signed_in(id_) for id_ in self.setting_ids}
        self._browsers["reader"] = self._signed_in(0)

    def saves(self) -> list[Answer]:
        """Return the answers that acknowledged a save."""
        return [answer for answer in self.answers if answer.saved is not None]

    def seconds_until_all(self, moment: float, *, read: bool = False) -> float:
        """Return the seconds from a moment until each writer (or reader) has succeeded."""
        firsts = {
            name: min(self._successes(name, moment), default=inf)
            for name in self._browsers
            if (name == "reader") == read
        }
        return max(firsts.values()) - moment

    def first_success(self, moment: float) -> float:
        """Return the seconds from a moment until the first save that was acknowledged."""
        return min((one.ended for one in self.saves() if one.ended >= moment), default=inf) - moment

    def refused(self) -> int:
        """Return the number of answers with 503."""
        return sum(answer.status == UNAVAILABLE for answer in self.answers)

    def is_same_processes(self) -> bool:
        """Tell whether no process of the console has ended or was started."""
        return self._processes == self._running()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Have everybody work meanwhile."""
        threads = [
            threading.Thread(target=self._read, args=(self._browsers["reader"],)),
            *(threading.Thread(target=self._write, args=(id_,)) for id_ in self.setting_ids),
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._ends.set()
            for thread in threads:
                thread.join()

    def _running(self) -> list[set[int]]:
        return [node.processes() for node in self.consoles]

    def _successes(self, name: str, moment: float) -> Iterator[float]:
        for answer in self.answers:
            is_success = answer.saved is not None or (name == "reader" and answer.status == OK)
            if answer.name == name and is_success and answer.begun >= moment:
                yield answer.ended

    def _signed_in(self, number: int) -> Browser:
        node = self.consoles[number % len(self.consoles)]
        browser = nodes.browser(self.address or node.address)
        signed_in = browser.get("/login").submit(username="ada", password=PASSWORD)
        if signed_in.status_code != SAVED:
            raise RuntimeError(f"Signing in was answered {signed_in.status_code}.")
        return browser

    def _write(self, setting_id: int) -> None:
        name, value = f"writer{setting_id}", 0
        browser = self._browsers[name]
        while not self._ends.is_set():
            page = self._asked(name, partial(browser.get, f"/settings/{setting_id}"))
            if page is not None and page.status_code == OK:
                value += 1
                text = str(value)
                self._asked(name, partial(page.submit, "edit", value=text), saved=text)

    def _read(self, browser: Browser) -> None:
        while not self._ends.is_set():
            self._asked("reader", partial(browser.get, "/users"))

    def _asked(self, name: str, ask: Callable[[], Page], saved: str | None = None) -> Page | None:
        begun = time.monotonic()
        try:
            page = ask()
        except (OSError, HTTPException) as error:
            self.unclean.append(f"{type(error).__name__}: {error}")
            time.sleep(PAUSE)
            return None
        is_saved = page.status_code == SAVED and "/login" not in (page.location or "")
        kept = saved if is_saved else None
        self.answers.append(Answer(name, begun, time.monotonic(), page.status_code, kept))
        if not _is_clean(page, is_form=saved is not None):
            self.unclean.append(f"{page.status_code} {page.text[:200]}")
        if not is_saved and page.status_code != OK:
            time.sleep(PAUSE)
        return page


def _is_clean(page: Page, *, is_form: bool) -> bool:
    if page.status_code == UNAVAILABLE:
        is_told = "Retry-After" in page.headers or UNKNOWN in page.html
        return is_told and "Traceback" not in page.html
    if is_form:
        return page.status_code == SAVED and "/login" not in (page.location or "")
    return page.status_code == OK


@contextmanager
def console(variables: Mapping[str, str]) -> Iterator[Flask]:
    """A console in this process, in its context."""
    app = create_app(nodes.development(variables))
    with app.app_context():
        yield app
        db.session.remove()
    close(app)


def prepared(variables: Mapping[str, str]) -> list[int]:
    """Migrate the database, and add Ada and the settings; return their ids."""
    nodes.migrate(variables)
    with console(variables):
        person(db.session, "ada", roles=["admin"])
        return consoles.add_settings(WRITERS)


@dataclass(frozen=True)
class Finding:
    """What came out of a round: counts, and what is not as promised.

    Attributes:
        seconds: How long it took until saves were acknowledged again.
        longest: The longest that an answer took.
    """

    saved: int
    refused: int
    seconds: float
    longest: float
    problems: list[str]


def finding(people: Load, variables: Mapping[str, str], seconds: float) -> Finding:
    """Compare what people were told with the database.

    Args:
        people: Whose work has ended.
        variables: The database.
        seconds: How long it took until they could save again.
    """
    problems = list(people.unclean[:3])
    if not people.is_same_processes():
        problems.append("a process of the console was restarted")
    lost, fault = missing(people, variables)
    if lost:
        problems.append(f"{len(lost)} acknowledged saves are missing")
    if fault:
        problems.append(fault)
    longest = max(answer.ended - answer.begun for answer in people.answers)
    return Finding(len(people.saves()), people.refused(), seconds, longest, problems)


def judged(trial: str, findings: Sequence[Finding], promised: float) -> Outcome:
    """Return the worst of some rounds."""
    slowest = max(found.seconds for found in findings)
    problems = [problem for found in findings for problem in found.problems]
    result = (
        f"again after {slowest:.1f} s at most; {sum(found.saved for found in findings)} saved,"
        f" {sum(found.refused for found in findings)} answers 503,"
        f" the longest took {max(found.longest for found in findings):.1f} s; "
    ) + ("; ".join(problems) or "none missing, the chain is whole, no process restarted")
    return Outcome(trial, result, slowest <= promised and not problems)


def missing(people: Load, variables: Mapping[str, str]) -> tuple[list[Answer], str]:
    """Return the acknowledged saves that the database does not have, and what is wrong with it."""
    with console(variables):
        query = select(AuditEvent.target_id, AuditEvent.after)
        rows = db.session.execute(query.where(AuditEvent.action == "setting:changed"))
        found = {(f"writer{row.target_id}", audit.fields_of(row.after)["value"]) for row in rows}
        fault = consoles.chain_fault()
    return [save for save in people.saves() if (save.name, save.saved) not in found], fault
