"""The console below a path, which the base URL or the WSGI server names."""

import pytest

from app.config import read
from app.web import redirects
from app.web.urls import reset_link
from tests.support.browsing import Browser
from tests.support.people import PASSWORD

PREFIX = "/console"
BASE_URL = f"http://localhost{PREFIX}"


@pytest.fixture
def below(make_app, database):
    """The console with a path in its base URL."""
    return make_app(
        {
            "CONSOLE_ENV": "development",
            "CONSOLE_BASE_URL": BASE_URL,
            "DATABASE_URL": database.url,
            "SECRET_KEY": "x" * 40,
        }
    )


@pytest.mark.parametrize("passed_on", [PREFIX, ""], ids=["path passed on", "path taken off"])
@pytest.mark.only_on("sqlite")
def test_signing_in_leads_to_the_page_below_the_path(below, vera, passed_on):
    asked = Browser(below.test_client()).get(f"{passed_on}/account?from=here")
    assert asked.location == f"{PREFIX}/login?next={PREFIX}/account?from%3Dhere"

    answer = asked.follow().submit(username="vera", password=PASSWORD)

    assert answer.location == f"{PREFIX}/account?from=here"
    page = answer.follow()
    assert page.status_code == 200
    outside = [link for link in page.links if not link.startswith(("#", f"{PREFIX}/"))]
    assert outside == []


@pytest.mark.only_on("sqlite")
def test_a_prefix_of_the_server_alone_is_enough(app, vera):
    client = app.test_client()

    asked = client.get("/account", base_url=BASE_URL)

    assert asked.location == f"{PREFIX}/login?next={PREFIX}/account"
    with app.test_request_context("/login", base_url=BASE_URL):
        assert redirects.safe(f"{PREFIX}/account") == f"{PREFIX}/account"
        assert redirects.safe("/account") == f"{PREFIX}/"
        assert redirects.safe(f"{PREFIX}//evil.test") == f"{PREFIX}/"
        assert redirects.safe("/consolexyz/account") == f"{PREFIX}/"


@pytest.mark.only_on("sqlite")
def test_links_to_send_and_health_checks_work_below_the_path(below):
    with below.test_request_context("/users/1/reset", base_url=BASE_URL):
        assert reset_link("t0ken") == f"{BASE_URL}/reset/t0ken"

    client = below.test_client()
    assert client.get("/healthz").status_code == client.get(f"{PREFIX}/healthz").status_code == 200
    assert client.get("/consolexyz/healthz").status_code == 404


def test_the_origin_leaves_the_path_out():
    configuration = read({"CONSOLE_BASE_URL": "https://example.org:8443/team/console"})

    assert configuration.origin == "https://example.org:8443"
    assert configuration.base_path == "/team/console"
