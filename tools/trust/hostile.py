"""Hostile values in fields of each kind: no answer fails, and what is accepted reads back as sent.

Values made by hand and by Hypothesis are sent with the forms of settings of each type, of a user
and of a role, and in addresses. What a form accepts is compared with what the database holds then.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote

from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as options
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from app.domain import settings, users
from app.domain.authentication import passwords
from app.domain.settings import DataType
from app.domain.text import with_line_feeds
from app.extensions import db
from app.models import ApplicationSetting, Role, User
from tests.support.browsing import ORIGIN, Browser, Page
from tests.support.databases import Database
from tests.support.hostile import HOSTILE, LONG, VALUES, encoded, leaks
from tools.trust import consoles, failing
from tools.trust.consoles import Outcome

INPUTS = 20_000
ACCEPTED, FAULT = 303, 500
FORM = "application/x-www-form-urlencoded"
MORE = (
    st.integers().map(str),
    st.floats().map(repr),
    st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists, max_leaves=5).map(repr),
    st.text("aAéß\u0301\u200d\ud800\0\r\n\t ", max_size=12),
    st.from_regex(r"[a-z]{1,8}[.+-]?[a-z0-9]{0,8}(@[a-z]{1,8}\\.(org|com))?", fullmatch=True),
)
ADDRESSES = (
    *("/users?q={}", "/settings?q={}", "/audit?actor={}", "/audit?from={}", "/search?q={}"),
    *("/users?after={}", "/users/{}", "/roles/{}/edit", "/settings/{}/history", "/audit?type={}"),
)
# Longer addresses are refused by the server in front of the console.
LONGEST = 8_000
Send = Callable[[str], None]


@dataclass
class Tally:
    """The answers, and what is wrong with them."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def inputs(self) -> int:
        """The number of values that were sent."""
        return self.statuses.total()

    def note(self, where: str, sent: str, answer: Page) -> None:
        """Note an answer."""
        self.statuses[answer.status_code] += 1
        if answer.status_code >= FAULT or leaks(answer.html):
            self.faults.append(f"{where} answers {answer.status_code} to {sent[:40]!a}")


@dataclass
class Field:
    """A field of a form, the column that it is stored in, and what is made of a value."""

    browser: Browser
    tally: Tally
    path: str
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
    row_id: int
    made_of: Callable[[str], str | None]
    name: str = ""
    served: list[tuple[str, str]] = field(default_factory=list)

    def send(self, text: str) -> None:
        """Send a value as the only change, and compare what is stored with it."""
        name = self.name or self.column.key
        self.served = self.served or self._as_served(name)
        before = self._stored()
        pairs = [(key, value) for key, value in self.served if key not in {name, "unset"}]
        body = "&".join(f"{encoded(key)}={encoded(value)}" for key, value in [*pairs, (name, text)])
        headers = {"Origin": ORIGIN}
        answer = self.browser.open(self.path, "POST", data=body, content_type=FORM, headers=headers)
        self.tally.note(f"{self.path} {name}", text, answer)
        is_accepted = answer.status_code == ACCEPTED
        expected = self.made_of(text) if is_accepted else before
        if is_accepted:
            self.served = []
        if (stored := self._stored()) != expected:
            self.tally.faults.append(f"{self.path} {name} holds {stored!a:.40} of {text!a:.40}")

    def _stored(self) -> str | None:
        db.session.rollback()
        stored = db.session.scalar(select(self.column).filter_by(id=self.row_id))
        db.session.rollback()
        return stored

    def _as_served(self, name: str) -> list[tuple[str, str]]:
        page = self.browser.get(self.path)
        form = next(one for one in page.forms if one.method == "post" and one.has([name]))
        return list(form.filled({})[1])


def trial(database: Database, inputs: int = INPUTS) -> Outcome:
    """Send the values, as many to each field."""
    tally = Tally()
    with consoles.console(database) as app:
        browser = failing.signed_in(app)
        places = [*_fields(browser, tally), *_addresses(browser, tally)]
        each = -(-inputs // len(places))
        for send in places:
            _send_all(send, tally, tally.inputs + each)
    counts = ", ".join(f"{count:,} with {code}" for code, count in sorted(tally.statuses.items()))
    told = "; ".join(tally.faults[:3]) or "all that was accepted is stored"
    title = f"{inputs:,} hostile values: no answer of 500 or more, what is accepted reads back"
    is_kept = not tally.faults and tally.inputs >= inputs and tally.statuses[ACCEPTED] > 0
    return Outcome(title, f"answered {counts}; {told}", is_kept)


def _send_all(send: Send, tally: Tally, until: int) -> None:
    for text in [*HOSTILE, *LONG][: until - tally.inputs]:
        send(text)

    @options(
        max_examples=max(until - tally.inputs, 1),
        phases=[Phase.generate],
        database=None,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(VALUES, *MORE))
    def generated(text: str) -> None:
        if tally.inputs < until:
            send(text)

    while tally.inputs < until:
        generated()


def _fields(browser: Browser, tally: Tally) -> Iterator[Send]:
    rows = [ApplicationSetting(key=f"any_{kind}", data_type=kind, value="0") for kind in DataType]
    user = User(username="eve", email="eve@example.org", password_hash=passwords.no_password())
    role = Role(name="eavesdroppers")
    db.session.rollback()
    db.session.connection(execution_options={"write": True})
    db.session.add_all([*rows, user, role])
    db.session.commit()
    ids = [(row.id, DataType(row.data_type)) for row in rows]
    user_id, role_id = user.id, role.id
    db.session.rollback()
    field_of = partial(Field, browser, tally)
    for row_id, kind in ids:
        made_of = partial(settings.canonical, data_type=kind)
        path = f"/settings/{row_id}"
        yield field_of(path, ApplicationSetting.value, row_id, made_of).send
    for column, made_of in _OF_USERS.items():
        yield field_of(f"/users/{user_id}/edit", column, user_id, made_of).send
    for column, made_of in _OF_ROLES.items():
        yield field_of(f"/roles/{role_id}/edit", column, role_id, made_of).send


def _stripped(text: str) -> str | None:
    return with_line_feeds(text).strip() or None


def _role_name(text: str) -> str:
    return text.strip().lower().strip()


_OF_ROLES = {Role.name: _role_name, Role.description: _stripped}
_OF_USERS = {
    User.username: users.checked_username,
    User.email: users.checked_email,
    User.full_name: users.checked_full_name,
    User.bio: _stripped,
}


def _addresses(browser: Browser, tally: Tally) -> Iterator[Send]:
    for address in ADDRESSES:

        def send(text: str, address: str = address) -> None:
            quoted = quote(text.encode("utf-8", "surrogatepass"), safe="")[:LONGEST]
            tally.note(address, text, browser.get(address.format(quoted)))

        yield send
