"""Windows of Chromium, with and without JavaScript, and an organisation to look at."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Select, select

from app.models import ApplicationSetting, DbSession, Role, User
from tests.support import organisation, people
from tests.support.equipment import in_turn

if TYPE_CHECKING:
    from playwright.sync_api import Page as Window

DESKTOP = {"width": 1440, "height": 900}
# What a window complains of fails its test, see ``chromium.Complaints``.
LISTEN = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`${event.violatedDirective} forbids ${event.blockedURI} on ${location.pathname}`);
});
"""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "scripts" in metafunc.fixturenames:
        found = in_turn([True, False], metafunc.definition.nodeid)
        names = ["scripts" if is_on else "no scripts" for is_on in found]
        metafunc.parametrize("scripts", found, ids=names, indirect=True)


@pytest.fixture
def scripts(request: pytest.FixtureRequest) -> bool:
    """Whether JavaScript is on: both, or one of them in turn."""
    return request.param


@pytest.fixture
def dialogs() -> list[str]:
    """What the browser asked, each answered by No; a test that expected it clears the list."""
    return []


@pytest.fixture
def window(
    window: Callable[..., "Window"], dialogs: list[str]
) -> Iterator[Callable[..., "Window"]]:
    """The windows of every test, of the size of a desk, which also tell of violations of the CSP.

    A dialog that nobody asked for fails the test, too.
    """

    def opened(*people: Any, **options: Any) -> "Window":
        page = window(*people, **({"viewport": DESKTOP} | options))
        page.set_default_timeout(15_000)
        page.add_init_script(LISTEN)
        page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.dismiss()))
        return page

    yield opened
    assert dialogs == []


@pytest.fixture
def desk(window: Callable[..., "Window"], scripts: bool) -> Callable[..., "Window"]:
    """Opens windows as ``window`` does; with JavaScript and without, or one of them in turn."""
    return lambda *people, **options: window(*people, java_script_enabled=scripts, **options)


@pytest.fixture
def reza(person: Callable[..., people.User]) -> people.User:
    """May look at settings, and at nothing else."""
    return person("reza", permissions=["settings:read"], full_name="Reza Farahani")


@pytest.fixture
def inhabited(session: DbSession) -> DbSession:
    """The database session of a console that an organisation uses."""
    organisation.found(session)
    return session


@pytest.fixture
def rows(session: DbSession) -> Callable[[Select[tuple[Any]]], list[Any]]:
    """Reads what the database holds now: the one column of a query."""

    def rows(query: Select[tuple[Any]]) -> list[Any]:
        found = list(session.scalars(query))
        # On SQLite whoever reads holds up whoever writes.
        session.rollback()
        return found

    return rows


@pytest.fixture
def stored(rows: Callable[..., list[Any]]) -> Callable[[str], str | None]:
    """Reads the value of a setting that the database holds now."""
    setting = ApplicationSetting
    return lambda key: rows(select(setting.value).where(setting.key == key))[0]


@pytest.fixture
def roles_of(rows: Callable[..., list[Any]]) -> Callable[[str], list[str]]:
    """Reads the names of the roles that somebody holds now."""
    return lambda name: rows(
        select(Role.name).where(Role.users.any(User.username == name)).order_by(Role.name)
    )
