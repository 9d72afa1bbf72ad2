"""Chromium on a console that is being served: Debian's, driven by Playwright."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

# The one without windows takes two thirds of the time.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
# Chromium calls home when it starts; a machine without a way out pays for that in seconds.
QUIET = (
    *("--disable-gpu", "--in-process-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-extensions", "--disable-dev-shm-usage"),
)


def program() -> str | None:
    """Return the Chromium of this machine."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, PROGRAMS)), None)


def absence() -> str | None:
    """Say why no test can be run in a browser, or None if it can."""
    try:
        import playwright.sync_api  # noqa: F401, PLC0415 - whether it is there is the question
    except ImportError:
        return "Playwright is not installed (requirements-dev.txt)"
    found = program()
    if found is None:
        return "CHROMIUM is not set, and there is no Chromium on the path"
    return None if shutil.which(found) else f"CHROMIUM names {found}, which cannot be run"


@contextmanager
def started() -> Iterator["Browser"]:
    """Start Chromium, and stop it at the end."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not installed everywhere

    # Chromium's own sandbox does not work for root.
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=[*QUIET, *sandbox])
        yield browser
        browser.close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve the console on a free port and yield its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    # Whoever puts the database back afterwards would meet a request that is still being answered.
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Complaints:
    """The browser's complaints: errors of scripts and violations of the CSP."""

    def __init__(self, page: "Page") -> None:
        """Listen to a page."""
        self.heard: list[str] = []
        page.on("pageerror", lambda error: self.heard.append(str(error)))
        page.on("console", self._note)

    def _note(self, message: "ConsoleMessage") -> None:
        # The browser also tells of every answer from 400 on, which tests ask for on purpose.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.heard.append(message.text)


class _Silent(WSGIRequestHandler):
    # Seconds; a connection that Chromium opened ahead brings no request.
    timeout = 2

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - Werkzeug's name
        """Say nothing: the tests have their own words."""
