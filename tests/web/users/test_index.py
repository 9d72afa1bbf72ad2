"""The list of users."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from app.domain import audit
from app.domain.paging import SIZE
from app.domain.target import Target
from app.models import Role, User
from tests.support.people import OPERATOR, PASSWORD_HASH

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def crowd(session, ada):
    """120 users; three of them always came at the same moment."""
    session.add_all(
        User(
            username=f"crowd{number:03}",
            email=f"{199 - number}@crowd.example",
            password_hash=PASSWORD_HASH,
            created_at=NOON + timedelta(minutes=number // 3),
        )
        for number in range(120)
    )
    session.commit()


def names_on(page):
    """The user names that a page of the list shows, from the top."""
    return re.findall(r"<small>(?:(\S+) · )?(\S+)</small>", page.html)


def addresses_on(page):
    return [email for _, email in names_on(page)]


def all_addresses(browser, start, link):
    """The email addresses from a page on, following its links to the end."""
    page = browser.get(start)
    found = [addresses_on(page)]
    while link in [text for _, text in page._read.links]:
        page = browser.get(page.link(link))
        found.append(addresses_on(page))
    return found, page


def test_the_list_shows_who_there_is(sign_in, ada, vera, person):
    person("nora", roles=["user", "viewer"], full_name="Nora Barnacle", is_active=False)

    page = sign_in(ada).get("/users")

    assert page.link("Nora Barnacle").startswith("/users/")
    assert "nora · nora@example.org" in page.text
    assert re.search(r"user\s*viewer Inactive\s*not verified", page.text)
    assert page.link("Add user") == "/users/new"


def test_the_list_needs_its_permission(sign_in, vera, omar):
    for who in (vera, omar):
        page = sign_in(who).get("/users")

        assert page.status_code == 403
        assert "user:read" in page.text


def test_who_may_only_look_is_offered_nothing_else(sign_in, person):
    page = sign_in(person("iris", permissions=["user:read"])).get("/users")

    assert page.status_code == 200
    assert "Add user" not in page.text


@pytest.mark.parametrize("typed", ["crowd0", " CROWD0", "ｃｒｏｗｄ０", "Crowd0"])
def test_users_are_found_by_the_beginning_of_their_name(sign_in, ada, crowd, typed):
    page = sign_in(ada).get("/users", q=typed)

    assert len(names_on(page)) == SIZE
    assert all(name.endswith("@crowd.example") for name in addresses_on(page))
    assert page.value("q") == typed.strip()


def test_users_are_found_by_the_beginning_of_their_address_alone(sign_in, ada, vera):
    browser = sign_in(ada)

    assert addresses_on(browser.get("/users", q="vera@EX")) == ["vera@example.org"]
    assert addresses_on(browser.get("/users", q="example.org")) == []


@pytest.mark.parametrize("wild", ["%", "_", "v_ra", "%ra", "\\", "*", "v.ra"])
def test_signs_of_patterns_stand_for_themselves(sign_in, ada, vera, wild):
    page = sign_in(ada).get("/users", q=wild)

    assert page.status_code == 200
    assert "No user matches" in page.text


HOSTILE = [
    "\0",
    "a\0b",
    "\ud800".encode("utf-16-le", "surrogatepass").decode("latin-1"),
    "x" * 255,
    "\ufdfa" * 255,
    "'; DROP TABLE users; --",
    "<script>alert(1)</script>",
    "\U0010ffff",
    "\u202e\u200d",
    "{{ 7 * 7 }}",
]


@pytest.mark.parametrize("field", ["q", "role"])
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_searched_for_gets_an_answer(sign_in, ada, field, text):
    page = sign_in(ada).get("/users", **{field: text})

    assert page.status_code == 200
    assert "No user matches" in page.text
    assert "<script>alert" not in page.html
    assert "49" not in page.text.split("No user matches")[1]


def test_half_a_surrogate_pair_in_the_address_gets_an_answer(sign_in, ada):
    assert sign_in(ada).get("/users?q=%ED%A0%80&role=%ED%A0%80").status_code == 200


def test_users_are_filtered_by_a_role_or_none(sign_in, ada, vera, omar):
    browser = sign_in(ada)

    assert addresses_on(browser.get("/users", role="viewer")) == ["vera@example.org"]
    assert addresses_on(browser.get("/users", role="none")) == ["omar@example.org"]


@pytest.mark.parametrize(
    ("status", "found"),
    [("active", {"ada", "rex"}), ("inactive", {"ida"}), ("unverified", {"rex"})],
)
def test_users_are_filtered_by_their_status(sign_in, session, ada, person, status, found):
    ada.is_verified = True
    person("ida", is_active=False, is_verified=True)
    person("rex")

    page = sign_in(ada).get("/users", status=status)

    assert {address.partition("@")[0] for address in addresses_on(page)} == found


def test_each_active_filter_can_be_taken_away(sign_in, ada, vera):
    page = sign_in(ada).get("/users", q="ve", role="viewer", status="active", sort="-email")

    removals = [href for href, text in page._read.links if not text]
    kept = [set(parse_qs(urlsplit(href).query)) for href in removals]
    assert {"role", "status", "sort"} in kept
    assert {"q", "status", "sort"} in kept
    assert {"q", "role", "sort"} in kept
    assert page.link("Clear all") == "/users?sort=-email"
    assert "1 user matches" in page.text


def test_the_filter_form_keeps_what_is_chosen(sign_in, ada, vera):
    page = sign_in(ada).get("/users", q="ve", role="viewer", status="active", sort="-email")

    again = page.submit(q="vera")

    assert [again.value(name) for name in ("q", "role", "status", "sort")] == [
        "vera",
        "viewer",
        "active",
        "-email",
    ]


@pytest.mark.parametrize(
    "sort", ["username", "-username", "email", "-email", "created", "-created"]
)
def test_every_order_can_be_paged_through_both_ways(sign_in, ada, crowd, sort):
    browser = sign_in(ada)

    forward, last = all_addresses(browser, f"/users?q=crowd&sort={sort}", "Next")
    back, first = all_addresses(browser, last.path, "Previous")

    assert [len(page) for page in forward] == [50, 50, 20]
    assert len({address for page in forward for address in page}) == 120
    assert back == forward[::-1]
    assert addresses_on(first) == forward[0]


def test_the_orders_are_what_they_say(sign_in, ada, crowd):
    browser = sign_in(ada)

    def first(sort):
        return addresses_on(browser.get("/users", q="crowd", sort=sort))[0]

    assert first("username") == first("created") == "199@crowd.example"
    assert first("-username") == first("-created") == "80@crowd.example"
    assert first("email") == "100@crowd.example"
    assert first("-email") == "99@crowd.example"


def test_the_heads_of_columns_say_and_change_the_order(sign_in, ada, vera):
    browser = sign_in(ada)

    page = browser.get("/users", q="v", sort="-created")

    assert re.findall(r'aria-sort="(\w+)"', page.html) == ["none", "descending"]
    assert page.link("Created") == "/users?q=v&sort=created"
    assert page.link("User") == "/users?q=v"
    assert browser.get(page.link("User")).link("User") == "/users?q=v&sort=-username"


def test_pages_keep_filters_and_order(sign_in, ada, crowd):
    page = sign_in(ada).get("/users", q="crowd", role="none", status="active", sort="-email")

    query = parse_qs(urlsplit(page.link("Next")).query)

    assert {"q", "role", "status", "sort", "after"} == set(query)


def test_a_page_beyond_the_end_leads_back(sign_in, session, ada, crowd):
    browser = sign_in(ada)
    beyond = browser.get("/users?q=crowd").link("Next")
    session.execute(User.__table__.delete().where(User.username >= "crowd010"))

    page = browser.get(beyond)

    assert "No users on this page" in page.text
    assert page.link("First page") == "/users?q=crowd"


def cursor(value, row_id=1):
    text = json.dumps([value, row_id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


BAD_CURSORS = [
    "x",
    "é",
    "===",
    "bnVsbA",
    cursor(None),
    cursor(5),
    cursor(["ada"]),
    cursor("ada", "1"),
    cursor("ada", row_id=True),
    cursor("ada", 0),
    cursor("ada", 2**31),
    cursor("ada", 10**30),
    cursor("a\0"),
    cursor("\ud800"),
    base64.urlsafe_b64encode(b"[" * 100_000).decode(),
    base64.urlsafe_b64encode(b"9" * 10_000).decode(),
    base64.urlsafe_b64encode(b'["\xff",1]').decode(),
]

BAD_MOMENTS = [
    cursor("yesterday"),
    cursor("2026-03-01T12:00:00"),
    cursor("0001-01-01T00:00:00+14:00"),
    cursor("9999-12-31T23:59:59-14:00"),
]


@pytest.mark.parametrize("side", ["after", "before"])
def test_a_cursor_that_is_none_of_ours_is_a_bad_request(sign_in, ada, side):
    browser = sign_in(ada)

    for bad in BAD_CURSORS:
        assert browser.get("/users", **{side: bad}).status_code == 400, bad[:40]
    for bad in BAD_MOMENTS:
        assert browser.get("/users", sort="created", **{side: bad}).status_code == 400, bad


@pytest.mark.parametrize("query", ["sort=x", "sort=password_hash", "status=gone", "sort=-"])
def test_an_order_or_status_that_there_is_not_is_a_bad_request(sign_in, ada, query):
    assert sign_in(ada).get(f"/users?{query}").status_code == 400


def test_a_name_that_shows_nothing_can_be_paged_past(sign_in, session, ada, crowd):
    joined = "crowd049\u200d"
    session.add(User(username=joined, email="zwj@crowd.example", password_hash=PASSWORD_HASH))
    session.execute(User.__table__.delete().where(User.username == "crowd000"))

    browser = sign_in(ada)
    following = browser.get(browser.get("/users?q=crowd").link("Next"))

    assert following.status_code == 200
    assert addresses_on(following)[0] == "149@crowd.example"


def test_the_list_takes_four_statements_however_many_there_are(
    sign_in, ada, crowd, person, statements
):
    for number in range(5):
        person(f"held{number}", permissions=["user:read", "document:read"])
    browser = sign_in(ada)
    following = browser.get("/users").link("Next")

    for path in ("/users", "/users?q=crowd&role=none&status=active&sort=-created", following):
        with statements.at_most(4):
            assert browser.get(path).status_code == 200


def test_what_somebody_typed_is_text_in_the_list(session, sign_in, ada, person):
    mark = "<b>&'\""
    session.add(Role(name=mark))
    session.commit()
    person("a<i>", roles=[mark], full_name=mark)
    page = sign_in(ada).get("/users")

    assert (
        page.html.count("&lt;b&gt;&amp;&#39;&#34;") >= 4
    )  # the box, the name, the role, the filter
    assert "a&lt;i&gt;" in page.html
    assert mark not in page.html
    assert "<i>" not in page.html


@pytest.mark.only_on("sqlite")
def test_the_last_sign_in_is_shown_on_the_list_and_the_page_of_a_user(sign_in, ada, vera, session):
    audit.record(session, "user:signed-in", Target.of_user(vera), actor=OPERATOR)
    session.commit()
    browser = sign_in(ada)

    page = browser.get("/users?signed_in=lately")
    assert "signed in in the last 90 days" in page.text
    assert "vera" in page.text.partition("Created")[2]
    assert "just now" in page.text
    assert "ada@example.org" not in page.text
    assert re.search(r"Last signed in \d+ \w+ \d{4}", browser.get(f"/users/{vera.id}").text)
    assert "Last signed in never" in browser.get(f"/users/{ada.id}").text
    assert browser.get("/users?signed_in=x").status_code == 400
