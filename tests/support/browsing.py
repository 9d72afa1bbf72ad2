"""A browser without JavaScript: reads the forms of a page and sends them as they were served."""

from __future__ import annotations

import contextvars
import re
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.forms import Control, Form, Reader, Value, texts_of

ORIGIN = "http://localhost"
FINDER = "/search"
# Found without reading the page: every second request of a test asks for one.
CSRF_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Page:
    """An answer of the console, as a person sees it."""

    def __init__(self, browser: Browser, path: str, response: TestResponse) -> None:
        self.browser = browser
        self.path = path
        self.response = response
        self.status_code = response.status_code
        self.headers = response.headers
        self.html = response.get_data(as_text=True)
        response.close()  # as servers do once an answer is sent
        self._reader: Reader | None = None

    @property
    def location(self) -> str | None:
        """The path that the answer redirects to."""
        location = self.headers.get("Location")
        return location and location.removeprefix(ORIGIN)

    @property
    def text(self) -> str:
        """The text of the page: no markup, white space as one blank."""
        return self._read.text

    @property
    def forms(self) -> list[Form]:
        """The forms of the page."""
        return list(self._read.forms)

    @property
    def links(self) -> list[str]:
        """The targets of the page's links."""
        return [href for href, _ in self._read.links]

    def link(self, text: str) -> str:
        """Return where the link with this text goes."""
        for href, shown in self._read.links:
            if shown == text:
                return href
        raise AssertionError(f"No link {text!r} on {self.path}: {self._read.links}")

    def value(self, name: str) -> str | list[str] | None:
        """Return what the control with this name holds; a list where there are several."""
        values = [text for one in self._controls(name) for text in one.sends()]
        several = len(self._controls(name)) > 1
        return values if several else (values[0] if values else None)

    def can_edit(self, name: str) -> bool:
        """Tell whether the page has a control with this name that can be changed."""
        found = [one for form in self._read.forms for one in form.named(name)]
        return any(not one.disabled and not one.readonly for one in found)

    def submit(self, form: str | None = None, /, *, to: str | None = None, **fields: Value) -> Page:
        """Fill in a form of this page and send it.

        Args:
            form: The id of the form, where its fields do not say which one is meant.
            to: The action of the form, instead of its id.
            fields: What to fill in: text, True or False for a box, a value or a list of values for
                boxes and options that go together, the value of the button to press.
        """
        chosen = self._form(form, to, fields)
        action, pairs = chosen.filled(fields)
        target = urljoin(self.path, action or self.path)
        answer = self.browser.send(chosen.method, target, pairs, referrer=self.path)
        _hold_summary_to_fields(answer.html)
        return answer

    def follow(self) -> Page:
        """Go where the answer redirects to."""
        assert self.location, f"{self.path} answered {self.status_code} and redirects nowhere."
        return self.browser.get(urljoin(self.path, self.location))

    @property
    def _read(self) -> Reader:
        if self._reader is None:
            self._reader = Reader(self.html)
        return self._reader

    def _controls(self, name: str) -> list[Control]:
        # The field of the top bar, which every page has, is meant where there is no other.
        forms = sorted(self._read.forms, key=lambda form: form.action == FINDER)
        found = [(form, one) for form in forms for one in form.named(name)]
        found = [one for form, one in found if form.action != FINDER or form is found[0][0]]
        assert found, f"No control {name!r} on {self.path}; there are {self._names()}."
        return found

    def _form(self, form_id: str | None, to: str | None, fields: dict[str, Value]) -> Form:
        suitable = [form for form in self._read.forms if form.has(fields)]
        if form_id is not None:
            suitable = [form for form in suitable if form.id == form_id]
        if to is not None:
            suitable = [form for form in suitable if urljoin(self.path, form.action) == to]
        if len(suitable) > 1:
            suitable = [form for form in suitable if self._goes_here(form)] or suitable
        if len(suitable) > 1:
            suitable = [form for form in suitable if form.method == "post"] or suitable
        assert len(suitable) == 1, (
            f"{len(suitable)} forms on {self.path} ({self.status_code}) have {sorted(fields)}; "
            f"there are {self._names()}."
        )
        return suitable[0]

    def _goes_here(self, form: Form) -> bool:
        here = urlsplit(self.path).path
        return urlsplit(urljoin(self.path, form.action or self.path)).path == here

    def _names(self) -> list[tuple[str, list[str]]]:
        return [(form.action, [one.name for one in form.controls]) for form in self._read.forms]


class Browser:
    """Somebody's browser, signed in or not; keeps cookies, follows no redirect by itself."""

    def __init__(self, client: FlaskClient, *, around: Callable[[], None] = lambda: None) -> None:
        """Wrap Flask's client; ``around`` is called before and after every request."""
        self.client = client
        self._around = around

    def get(self, path: str, /, **query: str) -> Page:
        """Open a page."""
        return self._open(path, "GET", query_string=query or None)

    def submit(
        self, path: str, form: str | None = None, /, *, to: str | None = None, **fields: Value
    ) -> Page:
        """Open a page, fill in its form and send it; return what refused it if it is refused."""
        page = self.get(path)
        if page.status_code != 200:
            return page
        return page.submit(form, to=to, **fields)

    def post(self, path: str, /, **fields: Value) -> Page:
        """Send fields that no form was served for, with a CSRF token that is good."""
        pairs = [(name, text) for name, value in fields.items() for text in texts_of(value)]
        return self.send("post", path, [*pairs, ("csrf_token", self.csrf_token())])

    def csrf_token(self) -> str:
        """Return the CSRF token of a page that has a form."""
        for path in ("/account/keys", "/login"):
            token = CSRF_TOKEN.search(self.get(path).html)
            if token:
                return token[1]
        raise AssertionError("No page with a form.")

    def send(
        self, method: str, path: str, pairs: list[tuple[str, str]], *, referrer: str = "/"
    ) -> Page:
        """Send pairs of names and values, by any method."""
        sent: dict[str, list[str]] = {}
        for name, text in pairs:
            sent.setdefault(name, []).append(text)
        if method.lower() == "get":
            return self._open(path, "GET", query_string=sent)
        headers = {"Origin": ORIGIN, "Referer": ORIGIN + referrer, "Sec-Fetch-Site": "same-origin"}
        return self._open(path, method.upper(), data=sent, headers=headers)

    def open(self, path: str, /, method: str = "GET", **details: object) -> Page:
        """Send what no page offers: headers, a body or an environment of one's own."""
        return self._open(path, method, **details)

    def _open(self, path: str, method: str, **details: object) -> Page:
        self._around()
        # An empty context: a request must not find the application context of the test, with the
        # test's database session and whoever was signed in before.
        response = contextvars.Context().run(
            lambda: self.client.open(path, method=method, **details)
        )
        self._around()
        query = response.request.query_string.decode(errors="replace")
        return Page(self, f"{response.request.path}?{query}".rstrip("?"), response)


def _hold_summary_to_fields(html: str) -> None:
    """Each sentence of a summary of errors leads to a field that is on the page."""
    _, has_summary, rest = html.partition('<div class="error-summary"')
    if has_summary:
        targets = re.findall(r'<a href="#([^"]+)"', rest.partition("</div>")[0])
        missing = [target for target in targets if f'id="{target}"' not in html]
        assert missing == [], f"errors of fields that are not on the page: {missing}"
