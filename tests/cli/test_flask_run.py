"""``flask run``, by which Flask people start a console without make."""

import re
import subprocess
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlencode

import pytest

from tests.cli.conftest import ENVIRON, FLASK, ROOT
from tests.support.people import PASSWORD


@pytest.fixture
def served(database):
    """The address of a console that ``flask run`` serves, without any variable but the database."""
    command = [FLASK, "run", "--port", "0"]
    environ = ENVIRON | {"DATABASE_URL": database.url, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    for line in process.stdout:
        if found := re.search(r"Running on (http://\S+)", line):
            yield found[1]
            break
    process.terminate()
    process.communicate(timeout=20)


@pytest.mark.only_on("sqlite")
def test_signing_in_works(served, ada):
    jar = urllib.request.HTTPCookieProcessor(CookieJar())
    browser = urllib.request.build_opener(jar)
    page = browser.open(f"{served}/login").read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    sent = urlencode({"csrf_token": token, "username": "ada", "password": PASSWORD}).encode()

    answer = browser.open(
        urllib.request.Request(f"{served}/login", sent, headers={"Origin": served})
    )

    assert (answer.status, answer.url) == (200, f"{served}/")
    assert "Ada Byron" in answer.read().decode()
