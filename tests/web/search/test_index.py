"""The search page, and its results alone."""

import re

import pytest

from app.domain import search
from app.models import ApplicationSetting, Role, User
from app.web.search.index import IN_PALETTE
from tests.support.people import PASSWORD_HASH

SECRET = "sk-not-to-be-found"


@pytest.fixture
def crowd(session):
    """Sixty users whose names begin alike."""
    session.add_all(
        User(
            username=f"crowd{number:03}",
            email=f"crowd{number:03}@example.org",
            password_hash=PASSWORD_HASH,
        )
        for number in range(60)
    )
    session.commit()


def setting(session, key, **columns):
    session.add(ApplicationSetting(key=key, **({"data_type": "string"} | columns)))
    session.commit()


def links_of(page):
    """Where the links of the page's main part go."""
    return re.findall(
        r'<a [^>]*href="([^"]+)"', page.html.partition("<main")[2].partition("<footer")[0]
    )


def test_the_value_of_a_secret_is_never_shown(sign_in, ada, session):
    setting(session, "openai_api_key", value=SECRET)

    page = sign_in(ada).get("/search", q="openai_api_key")
    assert "secret, set" in page.text
    assert SECRET not in page.html
    assert SECRET not in sign_in(ada).get("/search", q="openai_api_key", part="results").html


def test_each_kind_is_capped_and_leads_to_its_list(sign_in, ada, crowd):
    page = sign_in(ada).get("/search", q="crowd0")
    assert "/users?q=crowd0" in links_of(page)
    assert page.html.count("crowd0</mark>") == search.MOST

    few = sign_in(ada).get("/search", q="crowd059")
    assert "/users?q=crowd059" not in links_of(few)


def test_the_palette_ends_with_all_results(sign_in, ada, crowd):
    browser = sign_in(ada)
    part = browser.get("/search", q="crowd0", part="results")

    assert part.html.count("crowd0</mark>") == IN_PALETTE
    assert part.link(f"All {search.MOST}+ results") == "/search?q=crowd0"
    assert "results" not in browser.get("/search", q="crowd011", part="results").text


@pytest.mark.parametrize(
    ("text", "label", "url"),
    [
        ("add us", "Add user", "/users/new"),
        ("new user", "Add user", "/users/new"),
        ("export users", "Export users", "/users/export"),
        ("sign out", "Sign out", "/logout"),
        ("dark", "Dark theme", "/account/theme"),
        ("audit", "Audit log", "/audit"),
    ],
)
def test_pages_and_actions_are_found(sign_in, ada, text, label, url):
    browser = sign_in(ada)

    assert browser.get("/search", q=text, part="results").link(label) == url
    assert url in links_of(browser.get("/search", q=text))


def test_pages_that_one_may_not_open_are_not_found(sign_in, omar):
    browser = sign_in(omar)

    for text in ("add user", "settings", "audit"):
        assert "Go to" not in browser.get("/search", q=text).text
    assert browser.get("/search", q="sign out").link("Sign out") == "/logout"


def test_the_list_that_is_led_to_has_the_same_text(sign_in, ada, monkeypatch):
    monkeypatch.setattr(search, "MOST", 8)
    page = sign_in(ada).get("/search", q="e")
    [there] = [url for url in links_of(page) if url.startswith("/settings?")]

    assert "Text: e" in sign_in(ada).get(there).text


def test_pages_find_only_what_may_be_seen(sign_in, person, ada):
    iris = sign_in(person("iris", permissions=["role:read"]))
    page = iris.get("/search", q="a")

    assert "ada@example.org" not in page.html
    assert all(url.startswith(("/roles", "/permissions")) for url in links_of(page))
    assert 'placeholder="Search roles and permissions"' in page.html


def test_who_may_see_nothing_has_no_field_and_is_told_why(sign_in, omar):
    page = sign_in(omar).get("/search", q="admin")

    assert page.status_code == 200
    assert "Nothing to search" in page.text
    assert 'id="finder"' not in page.html


def test_nothing_to_look_for_and_nothing_found_are_said(sign_in, ada):
    browser = sign_in(ada)

    assert "Enter a search term" in browser.get("/search").text
    assert "Enter a search term" in browser.get("/search", q="  ").text
    assert "Nothing matches “nobody at all”" in browser.get("/search", q="nobody at all").text
    assert "Search term too long" in browser.get("/search", q="x" * 201).text


def test_the_field_of_every_page_leads_to_the_results(sign_in, ada):
    page = sign_in(ada).get("/account").submit(to="/search", q="chunk_size")

    assert page.status_code == 200
    assert "document_processing · 1000" in page.text
    assert page.value("q") == "chunk_size"


def test_the_part_for_the_palette_is_options_and_nothing_around_them(sign_in, ada):
    part = sign_in(ada).get("/search", q="chunk", part="results")

    assert part.html.count('role="option"') == len(set(re.findall(r'id="(found-\d+)"', part.html)))
    assert "<main" not in part.html
    assert "<mark>chunk</mark>_size" in part.html
    assert sign_in(ada).get("/search", q="nobody at all", part="results").html.strip() == ""


def test_the_part_needs_a_session_too(visitor):
    assert visitor.get("/search", q="a", part="results").status_code == 303


HOSTILE = [
    "\x00",
    "a\x00",
    "%",
    "_",
    "'",
    '"><script>',
    "{{ 7 * 7 }}",
    "\ud800",
    "=1",
    "İ",
    "ß",
    "(",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_can_be_looked_for(sign_in, ada, text):
    sent = "".join(f"%{byte:02x}" for byte in text.encode(errors="surrogatepass"))
    for part in ("", "results"):
        page = sign_in(ada).get(f"/search?q={sent}&part={part}")
        assert page.status_code == 200
        assert "<script>" not in page.html


def test_names_are_shown_as_text(sign_in, ada, session):
    name = "<img src=x onerror=alert(1)>"
    session.add(Role(name=name, description=name))
    session.commit()

    for part in ("", "results"):
        page = sign_in(ada).get("/search", q="<img", part=part)
        assert "<img" not in page.html
        assert "<mark>&lt;img</mark>" in page.html


@pytest.mark.parametrize("many", [1, 40])
def test_the_search_takes_five_statements_besides_who_asks(sign_in, ada, session, statements, many):
    session.add_all(Role(name=f"searched{number}") for number in range(many))
    session.add_all(
        ApplicationSetting(key=f"searched{number}", data_type="string") for number in range(many)
    )
    browser = sign_in(ada)

    with statements.at_most(6):
        assert browser.get("/search", q="searched").status_code == 200
