"""Pages as text: what is read without a style sheet, in a terminal or in a reader mode."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from sqlalchemy import select

from app.models import ApplicationSetting
from tests.support import organisation

INLINE = frozenset(
    {
        *("a", "abbr", "b", "bdi", "button", "code", "del", "em", "i", "ins", "kbd", "label"),
        *("s", "small", "span", "strong", "svg", "time", "use"),
    }
)
# A word that was found is marked within.
WITHIN = frozenset({"mark", "wbr"})
UNSEEN = frozenset({"script", "style", "title"})


class _Words(HTMLParser):
    """Finds words that nothing but tags of a line separate."""

    def __init__(self):
        super().__init__()
        self.found = []
        self._before, self._tags, self._open = "", [], []

    def handle_starttag(self, tag, attrs):
        self._open.append(tag)
        self._pass(tag)

    def handle_endtag(self, tag):
        self._pass(tag)

    def handle_data(self, data):
        if UNSEEN & set(self._open[-1:]):
            return
        if self._tags and self._before[-1:].isalnum() and data[:1].isalnum():
            self.found.append(f"{self._before[-20:]}<>{data[:20]}")
        self._before, self._tags = data, []

    def _pass(self, tag):
        if tag in INLINE:
            self._tags.append(tag)
        elif tag not in WITHIN:
            self._before = ""


def _run_together(html):
    words = _Words()
    words.feed(html)
    return words.found


def _pages(browser):
    """Yield each page that links lead to, two of each kind."""
    waiting, seen, kinds = ["/"], set(), Counter()
    while waiting:
        page = browser.get(waiting.pop(0))
        yield page
        for link in page.links:
            url = link.partition("#")[0]
            kind = re.sub(r"\d+|=[^&]*", "", url)
            if url.startswith("/") and url not in seen and kinds[kind] < 2:
                seen.add(url)
                kinds[kind] += 1
                waiting.append(url)


def test_words_that_run_together_are_found():
    assert _run_together("<b>one</b><span>two</span>") == ["one<>two"]
    assert _run_together("<b>one</b> <i>two</i><p>three</p>t<mark>hr</mark>ee") == []


@pytest.mark.only_on("sqlite")
def test_no_words_run_together(sign_in, ada, person, session):
    organisation.found(session)
    reader = person("iris", permissions=["settings:read", "user:read", "role:read"])
    browser = sign_in(ada)
    setting = select(ApplicationSetting.id).where(ApplicationSetting.key == "chunk_size")
    path = f"/settings/{session.scalars(setting).one()}"
    browser.get(path).submit("edit", value="801", reason="A trial.")
    roles = browser.submit(f"/users/{reader.id}/roles", roles=["1", "2"])
    reviews = [roles, browser.submit("/roles", grants=[])]
    found = {page.path: _run_together(page.html) for page in [*_pages(browser), *reviews]}
    found |= {f"iris {page.path}": _run_together(page.html) for page in _pages(sign_in(reader))}

    assert len(found) > 60
    assert {path: words for path, words in found.items() if words} == {}


@pytest.mark.only_on("sqlite")
def test_the_cells_of_the_matrix_are_words(sign_in, ada, person):
    reader = person("iris", permissions=["role:read"])

    assert re.search(r"audit:read See [\w ]+ yes document\b", sign_in(ada).get("/roles").text)
    assert re.search(r"document:read [\w ]+ yes yes yes no", sign_in(reader).get("/roles").text)
