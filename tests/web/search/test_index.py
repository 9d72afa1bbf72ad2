"""One search over all that a person may see."""

import re

import pytest

from app.domain import search
from app.domain.search import Closeness
from app.models import ApplicationSetting, Permission, Role, User
from tests.support.people import PASSWORD_HASH

SECRET = "sk-not-to-be-found"


@pytest.fixture
def crowd(session):
    """Twelve users whose names begin alike."""
    session.add_all(
        User(
            username=f"crowd{number:02}",
            email=f"crowd{number:02}@example.org",
            password_hash=PASSWORD_HASH,
        )
        for number in range(12)
    )
    session.commit()


@pytest.fixture
def find(session):
    """What is found, as names by kind; by somebody who may see all of it, unless said."""

    def find(text, may=lambda _code: True):
        groups = search.find(session, text, may).groups
        return {group.kind.value: [hit.name for hit in group.hits] for group in groups}

    return find


def setting(session, key, **columns):
    session.add(ApplicationSetting(key=key, **({"data_type": "string"} | columns)))
    session.commit()


def links_of(page):
    """Where the links of the page's main part go."""
    return re.findall(
        r'<a [^>]*href="([^"]+)"', page.html.partition("<main")[2].partition("<footer")[0]
    )


def test_exact_comes_first_then_prefix_then_what_contains_it(find, session):
    for key in ("zz_chunk", "a_chunk_b", "chunk"):
        setting(session, key)
    setting(session, "about", description="How large a CHUNK is.")

    found = find("chunk")["setting"]

    assert found[:3] == ["chunk", "chunk_overlap", "chunk_size"]
    assert found[3:5] == ["a_chunk_b", "zz_chunk"]
    assert "about" in found[5:]


def test_the_kind_with_the_best_fit_comes_first(find, ada):
    assert next(iter(find("document:read"))) == "permission"
    assert next(iter(find("chunk_size"))) == "setting"
    assert next(iter(find("viewer"))) == "role"
    assert next(iter(find("ada@example.org"))) == "user"


def test_settings_are_found_by_what_they_hold(find, session):
    setting(session, "greeting", value="Good Morning")
    setting(session, "other", value=None, description="Says good morning.")

    assert find("good morning") == {"setting": ["greeting", "other"]}


def test_secrets_are_not_found_by_what_they_hold(find, sign_in, ada, session):
    setting(session, "openai_api_key", value=SECRET)

    assert find(SECRET) == {}
    page = sign_in(ada).get("/search", q="openai_api_key")
    assert "secret, set" in page.text
    assert SECRET not in page.html
    assert SECRET not in sign_in(ada).get("/search", q="openai_api_key", part="results").html


def test_users_are_found_by_the_beginning_of_name_and_address(find, person):
    person("grace", email="hopper@navy.example")

    assert find("GRA")["user"] == ["grace"]
    assert find("Hopper@Navy")["user"] == ["grace"]
    assert "user" not in find("race")
    assert "user" not in find("navy.example")


def test_password_hashes_are_not_searched(find, ada):
    assert find("$argon2id") == {}
    assert find(PASSWORD_HASH[:40]) == {}


def test_an_exact_user_comes_before_those_who_only_begin_so(find, crowd, person):
    person("crowd")

    assert find("crowd")["user"][:2] == ["crowd", "crowd00"]


def test_roles_and_permissions_are_found_by_their_descriptions(find, session):
    session.add(Role(name="clerk", description="Keeps the Ledger."))
    session.add(
        Permission(code="ledger:close", resource="ledger", action="close", description="Closes it.")
    )
    session.commit()

    assert find("ledger") == {"permission": ["ledger:close"], "role": ["clerk"]}


def test_each_kind_is_capped_and_leads_to_its_list(sign_in, ada, crowd):
    page = sign_in(ada).get("/search", q="crowd0")
    assert "/users?q=crowd0" in links_of(page)
    assert page.html.count("crowd0</mark>") == search.MOST

    few = sign_in(ada).get("/search", q="crowd11")
    assert "/users?q=crowd11" not in links_of(few)


def test_the_list_that_is_led_to_has_the_same_text(sign_in, ada):
    page = sign_in(ada).get("/search", q="e")
    [there] = [url for url in links_of(page) if url.startswith("/settings?")]

    assert "Text: e" in sign_in(ada).get(there).text


@pytest.mark.parametrize(
    ("codes", "kinds"),
    [
        (["settings:read"], {"setting"}),
        (["user:read"], {"user"}),
        (["role:read"], {"role", "permission"}),
        (["audit:read"], set()),
        (["settings:read", "user:read", "role:read"], set(search.Kind)),
    ],
)
def test_only_what_may_be_seen_is_found(find, session, codes, kinds):
    for text in ("user", "admin", "e"):
        assert set(find(text, lambda code: code in codes)) <= kinds
    session.add(User(username="user1", email="user1@example.org", password_hash=PASSWORD_HASH))
    setting(session, "user_limit")
    assert set(find("user", lambda code: code in codes)) == kinds


def test_pages_find_only_what_may_be_seen(sign_in, person, ada):
    iris = sign_in(person("iris", permissions=["role:read"]))
    page = iris.get("/search", q="a")

    assert "ada@example.org" not in page.html
    assert all(url.startswith(("/roles", "/permissions")) for url in links_of(page))
    assert 'placeholder="Search roles and permissions"' in page.html


def test_who_may_see_nothing_has_no_field_and_is_told_why(sign_in, omar):
    page = sign_in(omar).get("/search", q="admin")

    assert page.status_code == 200
    assert "There is nothing that you may search" in page.text
    assert 'id="finder"' not in page.html


def test_nothing_to_look_for_and_nothing_found_are_said(sign_in, ada):
    browser = sign_in(ada)

    assert "What are you looking for?" in browser.get("/search").text
    assert "What are you looking for?" in browser.get("/search", q="  ").text
    assert "Nothing matches “nobody at all”" in browser.get("/search", q="nobody at all").text
    assert "too long" in browser.get("/search", q="x" * 201).text


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


@pytest.mark.parametrize(
    ("wanted", "name", "closeness"),
    [
        ("Chunk", "chunk", Closeness.EXACT),
        ("ch", "chunk", Closeness.PREFIX),
        ("un", "chunk", Closeness.CONTAINS),
        ("x", "chunk", Closeness.ELSEWHERE),
    ],
)
def test_closeness(wanted, name, closeness):
    assert search._closeness(wanted, name) is closeness


@pytest.mark.parametrize(
    ("name", "wanted", "parts"),
    [
        ("chunk_size", "SIZE", ("chunk_", "size", "")),
        ("chunk", "x", ("chunk", "", "")),
        ("a.b", ".", ("a", ".", "b")),
    ],
)
def test_what_was_looked_for_is_marked(name, wanted, parts):
    assert search.parts(name, wanted) == parts
