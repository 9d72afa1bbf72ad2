"""Whatever is sent with a form, the answer is a page, and what is refused has changed nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from urllib.parse import urljoin

import pytest
from hypothesis import Phase, given, note
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from app.domain.authentication import one_time_links, sessions
from app.domain.settings import DataType
from app.models import ApplicationSetting, ConsoleSession, Role, User
from tests.conftest import BROWSER, SESSION_COOKIE
from tests.support.browsing import ORIGIN, Browser, Page
from tests.support.contents import digests
from tests.support.forms import Form
from tests.support.hostile import VALUES, encoded, leaks

EXAMPLES = 5
# Each costs the verification of a password.
EXAMPLES_OF_SIGNING_IN = 10
# Never a field of a form; a form that took everything would take these.
EXTRA = [
    "id",
    "is_system",
    "is_active",
    "is_mutable",
    "password_hash",
    "key",
    "created_at",
    "x" * 999,
]
WRONG_IDS = ["0", "-1", "2147483647", "2147483648", "9223372036854775808", "x", "1%00", "%ED%A0%80"]


@dataclass(frozen=True)
class Served:
    """A form as it can be served again: the pages it is on, and which of their forms it is."""

    paths: list[str]
    number: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Attempt:
    """What becomes of a form: each field's values (None: as served), further fields, the id."""

    values: dict[str, list[str] | None]
    extra: dict[str, str]
    wrong_id: str | None


def attempts(names: tuple[str, ...]) -> st.SearchStrategy[Attempt]:
    one = st.none() | st.lists(VALUES, max_size=3)
    kept = st.none()
    fields = {name: kept if name == "csrf_token" else one for name in names}
    return st.builds(
        Attempt,
        values=st.fixed_dictionaries(fields),
        extra=st.dictionaries(st.sampled_from(EXTRA), VALUES, max_size=2),
        wrong_id=st.none() | st.none() | st.none() | st.sampled_from(WRONG_IDS),
    )


@pytest.fixture
def signed_in(app, session, ada, vera):
    """Gives Ada's browser a session that lasts, whatever was done to it before."""
    browser = Browser(app.test_client())

    def signed_in() -> Browser:
        session.rollback()
        session.execute(delete(ConsoleSession))
        user = session.get_one(User, ada.id)
        token = sessions.start(session, user, BROWSER, secret=app.config["SECRET_KEY"])
        session.commit()
        browser.client.set_cookie(SESSION_COOKIE, token)
        return browser

    return signed_in


@pytest.mark.slow
def test_no_form_of_the_console_breaks(app, session, signed_in, vera):
    found = forms_on(signed_in(), pages(app, session, vera))

    assert {"value", "username", "roles", "current", "session", "theme", "q"} <= {
        name for served in found for name in served.names
    }
    for served in found:
        withstand(session, served, signed_in)


@pytest.mark.slow
def test_the_review_of_roles_does_not_break(session, signed_in, vera):
    path = f"/users/{vera.id}/roles"

    def reviewing() -> Page:
        return signed_in().submit(path, to=path, roles=[])

    withstand_on(session, reviewing, form_with("confirmed", reviewing()))


@pytest.mark.slow
def test_the_review_of_settings_does_not_break(session, signed_in):
    path = "/settings?category=document_processing&edit=all"

    def reviewing() -> Page:
        page = signed_in().get(path)
        [sheet] = [form for form in page.forms if form.id == "sheet"]
        numbers = [one for one in sheet.controls if one.name.endswith("-value")]
        number = next(one for one in numbers if one.value.isdigit())
        return page.submit("sheet", **{number.name: "".join(reversed("1" + number.value))})

    withstand_on(session, reviewing, form_with("confirmed", reviewing()))


@pytest.mark.slow
def test_signing_in_does_not_break(app, session, ada):
    browser = Browser(app.test_client())

    served = form_with("password", browser.get("/login"))
    withstand(session, served, lambda: browser, EXAMPLES_OF_SIGNING_IN)


@pytest.mark.slow
def test_choosing_a_password_does_not_break(app, session, vera):
    browser = Browser(app.test_client())

    def with_a_link() -> Page:
        session.rollback()
        token = one_time_links.issue(session, one_time_links.Purpose.RESET, user_id=vera.id)
        session.commit()
        return browser.get(f"/reset/{token}")

    withstand_on(session, with_a_link, form_with("password", with_a_link()))


@pytest.mark.slow
def test_setting_up_does_not_break(app, session):
    browser = Browser(app.test_client())

    def with_a_link() -> Page:
        session.rollback()
        session.execute(delete(User))
        token = one_time_links.issue(session, one_time_links.Purpose.SET_UP)
        session.commit()
        return browser.get(f"/setup/{token}")

    withstand_on(session, with_a_link, form_with("password", with_a_link()))


def pages(app, session, vera):
    """Every page that somebody who is signed in can open, and one setting of each type."""
    ids = {"user_id": [vera.id], "setting_id": one_setting_of_each_type(session)}
    ids["role_id"] = [session.scalars(select(Role.id).where(Role.name == "viewer")).one()]
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" not in rule.methods or rule.arguments - set(ids):
            continue
        for number in ids[next(iter(rule.arguments))] if rule.arguments else [0]:
            yield re.sub(r"<[^>]+>", str(number), rule.rule)
    for number in ids["setting_id"]:
        yield f"/settings?edit={number}"
    yield "/settings?category=document_processing&edit=all"


def one_setting_of_each_type(session):
    return [
        session.scalars(
            select(ApplicationSetting.id)
            .where(ApplicationSetting.data_type == data_type, ApplicationSetting.is_mutable)
            .order_by(ApplicationSetting.key)
        ).first()
        for data_type in DataType
    ]


def forms_on(browser: Browser, paths) -> list[Served]:
    """The forms of the pages; those that differ only in the row they are for are one."""
    found = {}
    for path in paths:
        for number, form in enumerate(browser.get(path).forms):
            target = re.sub(r"\d+", "#", urljoin(path, form.action))
            key = (form.method, target, number, names_of(form))
            found.setdefault(key, Served([], number, names_of(form))).paths.append(path)
    return list(found.values())


def form_with(name: str, page: Page) -> Served:
    """The one form of the page that has a field of this name."""
    [number] = [number for number, form in enumerate(page.forms) if form.has([name])]
    return Served([page.path], number, names_of(page.forms[number]))


def names_of(form: Form) -> tuple[str, ...]:
    return tuple(dict.fromkeys(control.name for control in form.controls if control.name))


def withstand(
    session, served: Served, browser: Callable[[], Browser], examples: int = EXAMPLES
) -> None:
    turns = cycle(served.paths)
    withstand_on(session, lambda: browser().get(next(turns)), served, examples)


def withstand_on(
    session, serve: Callable[[], Page], served: Served, examples: int = EXAMPLES
) -> None:
    """Serve the page again and again, and send its form with anything in it."""

    @hypothesis_settings(max_examples=examples, phases=[Phase.generate])
    @given(attempts(served.names))
    def withstands(attempt: Attempt) -> None:
        page = serve()
        form = page.forms[served.number] if len(page.forms) > served.number else None
        if form is None or names_of(form) != served.names:
            return  # What was saved before has changed the page.
        before = digests(session.get_bind())
        answer = send(page, form, attempt)
        note(f"{page.path}: {form.method} answers {answer.status_code}")
        assert answer.status_code < 500
        assert not leaks(answer.html)
        if answer.status_code >= 400:
            assert digests(session.get_bind()) == before

    withstands()


def send(page: Page, form: Form, attempt: Attempt) -> Page:
    action, served = form.filled({})
    pairs = [(name, text) for name, text in served if attempt.values.get(name) is None]
    pairs += [(name, text) for name, texts in attempt.values.items() for text in texts or ()]
    body = "&".join(
        f"{encoded(name)}={encoded(text)}" for name, text in [*pairs, *attempt.extra.items()]
    )
    target = urljoin(page.path, action or page.path)
    if attempt.wrong_id is not None:
        target = re.sub(r"\d+", attempt.wrong_id, target, count=1)
    if form.method == "get":
        return page.browser._open(f"{target.partition('?')[0]}?{body}", "GET")
    return page.browser._open(
        target,
        "POST",
        data=body,
        content_type="application/x-www-form-urlencoded",
        headers={"Origin": ORIGIN},
    )
