"""The installation of docs/install.md, from its tables to its proxy and its upgrade."""

import re

import pytest

from app.database import revisions
from tests.guide.checkout import blocks
from tests.guide.installation import Installation
from tests.support.browsing import Browser
from tests.support.equipment import program

ADA = {"username": "ada", "email": "ada@example.org", "password": "correct horse battery staple"}
GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
def installed(checkout):
    """The documented installation, with its tables and without a server."""
    installed = Installation(checkout)
    yield installed
    installed.stop()


@pytest.mark.only_on("postgresql", "mysql")
def test_the_commands_meet_the_database_of_the_environment(installed, checkout):
    [tables] = [block for block in blocks("docs/install.md", "sh") if "setup-link" in block]
    [upgrade] = [block for block in blocks("docs/install.md", "sh") if "git pull" in block]
    [restored] = [block for block in blocks("docs/backup.md", "sh") if "flask doctor" in block]

    assert re.search(r"^https://localhost:\d+/setup/", installed.type(tables), re.MULTILINE)
    for block in (upgrade, restored):
        checkout.operator.succeed("downgrade", "-1")
        said = installed.type(block)
        assert checkout.operator.succeed("current") == f"{revisions.head()} (head)\n", said
    assert list(installed.folder.glob("*.db")) == []


@pytest.mark.only_on("postgresql")
@pytest.mark.skipif(program("nginx") is None, reason="nginx is not installed")
def test_the_service_is_reached_through_the_proxy(installed, checkout):
    [tables] = [block for block in blocks("docs/install.md", "sh") if "setup-link" in block]
    link = re.search(r"/setup/[\w-]+", installed.type(tables))[0]
    installed.serve()
    ada = Browser(installed.client())

    signed_in = ada.submit(link, **ADA)

    assert (signed_in.status_code, signed_in.location) == (303, "/")
    pages = [ada.open(path, headers=GZIP) for path in ("/", "/settings", "/login")]
    assert [page.headers["Content-Encoding"] for page in pages] == [None, None, None]
    for name in ("app.css", "app.js", "icons.svg"):
        assert (
            installed.client().open(f"/static/{name}", headers=GZIP).headers["Content-Encoding"]
            == "gzip"
        )
    log = installed.access_log()
    assert "GET /settings " in log
    assert link not in log
    assert checkout.operator.ask("SELECT address FROM console_sessions") == [("127.0.0.1",)]
