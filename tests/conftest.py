"""What every test may ask for: databases, the console on them, people and their browsers.

A test that asks for ``database``, or for anything that needs it, runs once on each database that
there is, if EVERYWHERE is set; else tests take turns between them (docs/decisions/0024).
Servers are those that TEST_POSTGRESQL_URL and TEST_MYSQL_URL name, else thrown-away ones where the
programs are installed. What could not be run is said at the end, and is a failure where REQUIRE
names it: ``REQUIRE=postgresql,mysql,browser,nginx,pgbouncer``.
"""

import compileall
import gc
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask, has_app_context
from hypothesis import HealthCheck, settings

from app import create_app, unit_of_work
from app.domain.authentication import hashing, sessions
from app.domain.authentication.capacity import CapacityLimiter
from app.extensions import db
from app.models import DbSession, User
from app.unit_of_work import TooManyChanges
from tests.support import (
    chromium,
    databases,
    people,
    quick_hashes,
    rendering,
    servers,
    statements,
    unordered,
)
from tests.support.browsing import Browser
from tests.support.cookies import cookie
from tests.support.equipment import EVERYWHERE, Equipment, Tally, in_turn, takes_turns
from tests.support.warm_python import WarmPython

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import Page as Window

SESSION_COOKIE = cookie("console")
BROWSER = sessions.Browser(address="127.0.0.1", user_agent="The tests")
EQUIPMENT = pytest.StashKey[Equipment]()

settings.register_profile(
    "console",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("console")


def pytest_configure(config: pytest.Config) -> None:
    equipment = config.stash[EQUIPMENT] = Equipment()
    started = getattr(config, "workerinput", {}).get("servers")
    if started is None:
        equipment.insist()
        config.pluginmanager.register(Tally(config, equipment))
    else:
        equipment.running = {name: servers.Server(name, url) for name, url in started.items()}
        equipment.absent = dict.fromkeys(set(servers.NAMES) - set(started), "not available")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist about the servers, which all workers share."""
    found = node.config.stash[EQUIPMENT].servers()
    node.workerinput["servers"] = {name: server.url for name, server in found.items()}


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[EQUIPMENT].stop()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_name" not in metafunc.fixturenames:
        return
    there = metafunc.config.stash[EQUIPMENT].names()
    only = metafunc.definition.get_closest_marker("only_on")
    wanted = only.args if only else EVERYWHERE
    if metafunc.definition.get_closest_marker("browser"):
        wanted = ("sqlite",)
    absence = pytest.mark.skip(f"{' and '.join(wanted)}: not available")
    found = in_turn([name for name in wanted if name in there], metafunc.definition.nodeid)
    names = found or [pytest.param(wanted[0], marks=absence)]
    metafunc.parametrize("database_name", names, indirect=True, scope="session")


def pytest_itemcollected(item: pytest.Item) -> None:
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    is_everywhere = not (item.get_closest_marker("only_on") or item.get_closest_marker("browser"))
    if "database_name" in parameters and is_everywhere:
        kind = "turn" if takes_turns() else "database"
        item.user_properties.append((kind, parameters["database_name"]))


def pytest_collection_finish() -> None:
    # Thousands of tests are looked through for garbage else, again and again; what they leave
    # behind is little, and looking for it often took a seventh of the processor's time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


@pytest.fixture(scope="session", autouse=True)
def _templates_never_query() -> Iterator[None]:
    with rendering.without_queries():
        yield


@pytest.fixture(scope="session", autouse=True)
def _rows_without_an_order_come_last_first() -> Iterator[None]:
    with unordered.reversed_rows():
        yield


@pytest.fixture(scope="session", autouse=True)
def _a_slow_machine_turns_nobody_away() -> Iterator[None]:
    patient = CapacityLimiter(limit=hashing.LIMIT, queue=hashing.QUEUE, timeout=60)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "_LIMITER", patient)
        # Hashes that give way would wait for the other tests.
        patch.setattr(hashing, "NICENESS", 0)
        for name in ("SAVES", "SIGN_INS"):
            many = CapacityLimiter(limit=4, queue=60, timeout=60, error=TooManyChanges)
            patch.setattr(unit_of_work, name, many)
        yield


@pytest.fixture(scope="session", autouse=True)
def _passwords_take_no_time() -> Iterator[None]:
    with quick_hashes.used():
        yield


@pytest.fixture(scope="session")
def warm_python() -> Iterator[WarmPython]:
    """The process that commands are forked from."""
    # Else each copy of the checkout would compile the console for itself.
    compileall.compile_dir(Path(create_app.__code__.co_filename).parent, quiet=1)
    warm = WarmPython()
    yield warm
    warm.stop()


@pytest.fixture(scope="session")
def equipment(pytestconfig: pytest.Config) -> Equipment:
    return pytestconfig.stash[EQUIPMENT]


@pytest.fixture(scope="session")
def all_databases(equipment: Equipment) -> Iterator[databases.Databases]:
    """The databases of this worker."""
    made = databases.Databases(equipment.servers())
    yield made
    made.drop_all()


@pytest.fixture(scope="session")
def postgresql_url(all_databases: databases.Databases) -> str:
    """The URL of an empty PostgreSQL database; skips where there is none."""
    return all_databases.make_or_skip("postgresql").url


@pytest.fixture(scope="session")
def mysql_url(all_databases: databases.Databases) -> str:
    """The URL of an empty MariaDB database; skips where there is none."""
    return all_databases.make_or_skip("mysql").url


@pytest.fixture(scope="session")
def database_name(request: pytest.FixtureRequest) -> str:
    """Each of "sqlite", "postgresql", "mysql" that there is."""
    return request.param


@pytest.fixture
def empty_database(
    all_databases: databases.Databases, database_name: str
) -> Iterator[dict[str, str]]:
    """The environment that names an empty database, of this test alone."""
    database = all_databases.make(database_name)
    yield {"DATABASE_URL": database.url}
    all_databases.drop(database)


@pytest.fixture(scope="session")
def migrated(
    all_databases: databases.Databases, database_name: str
) -> Iterator[databases.Migrated]:
    """The database of this worker at the newest revision, and the console on it."""
    found = databases.migrated(all_databases.make(database_name))
    yield found
    found.close()


@pytest.fixture
def database(migrated: databases.Migrated) -> Iterator[databases.Database]:
    """A migrated database, put back afterwards as the revisions left it."""
    yield migrated.database
    migrated.seed.put_back()


@pytest.fixture
def app(migrated: databases.Migrated, database: databases.Database) -> Iterator[Flask]:
    """The console on ``database``; what a test changes in its configuration is put back."""
    before = dict(migrated.app.config)
    yield migrated.app
    migrated.app.config.clear()
    migrated.app.config.update(before)


@pytest.fixture
def make_app() -> Iterator[Callable[[Mapping[str, str]], Flask]]:
    """Builds further consoles, ``make_app(environ)``, and closes their connections afterwards."""
    made = []

    def make_app(environ: Mapping[str, str]) -> Flask:
        made.append(create_app(environ))
        return made[-1]

    yield make_app
    for app in made:
        databases.close(app)


@pytest.fixture
def session(app: Flask) -> Iterator[DbSession]:
    """The test's own database session, in an application context."""
    with app.app_context():
        yield db.session
        db.session.remove()


@pytest.fixture
def person(session: DbSession) -> Callable[..., User]:
    """Makes further people: ``person("nora", roles=["viewer"], permissions=["user:read"])``."""
    return partial(people.person, session)


@pytest.fixture
def ada(person: Callable[..., User]) -> User:
    """Administers."""
    return person("ada", roles=["admin"], full_name="Ada Byron")


@pytest.fixture
def vera(person: Callable[..., User]) -> User:
    """Only views."""
    return person("vera", roles=["viewer"], full_name="Vera Rubin")


@pytest.fixture
def omar(person: Callable[..., User]) -> User:
    """Has no role."""
    return person("omar", full_name="Omar Khayyam")


@pytest.fixture
def visitor(app: Flask) -> Browser:
    """The browser of somebody who has not signed in."""
    return Browser(app.test_client(), around=_let_others_see)


@pytest.fixture
def sign_in(app: Flask, session: DbSession) -> Callable[[User], Browser]:
    """Gives a person a browser that is signed in, without the time that a password takes."""

    def sign_in(who: User) -> Browser:
        browser = Browser(app.test_client(), around=_let_others_see)
        browser.client.set_cookie(SESSION_COOKIE, _session_token(app, session, who))
        return browser

    return sign_in


@pytest.fixture(name="statements")
def count_statements() -> Iterator[statements.Statements]:
    """Counts the SQL of requests: ``with statements.at_most(4): browser.get("/users")``."""
    with statements.counted() as counted:
        yield counted


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator["Chromium"]:
    """Chromium; skips where there is none."""
    if chromium.absence():
        pytest.skip(str(chromium.absence()))
    with chromium.started() as browser:
        yield browser


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The address of the console while it is being served."""
    with chromium.served(app) as address:
        yield address


@pytest.fixture
def window(
    chromium_browser: "Chromium", served: str, app: Flask, session: DbSession
) -> Iterator[Callable[..., "Window"]]:
    """Opens windows: ``window(ada, java_script_enabled=False)``, or nobody's with ``window()``.

    Further arguments are those of Playwright's ``new_context``. What a window complains of, errors
    of scripts and violations of the CSP, fails the test at its end.
    """
    contexts = []
    complaints = []

    def window(who: User | None = None, **options: Any) -> "Window":
        context = chromium_browser.new_context(base_url=served, **options)
        contexts.append(context)
        if who is not None:
            token = _session_token(app, session, who)
            context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": served}])
        page = context.new_page()
        complaints.append(chromium.Complaints(page))
        return page

    yield window
    for context in contexts:
        context.close()
    assert [heard for one in complaints for heard in one.heard] == []


def _session_token(app: Flask, session: DbSession, who: User) -> str:
    token = sessions.start(session, who, BROWSER, secret=app.config["SECRET_KEY"])
    session.commit()
    return token


def _let_others_see() -> None:
    # What the test has prepared is there for the request, and what the request has changed is there
    # for the test.
    if has_app_context():
        db.session.commit()
        db.session.expire_all()
