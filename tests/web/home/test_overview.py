"""The overview: for all who are signed in, each with the cards that they may see."""

import re
from datetime import timedelta
from itertools import combinations

import pytest
from sqlalchemy import select

from app.domain import audit
from app.domain.actor import Actor, ActorKind
from app.domain.overview import attention
from app.domain.overview import figures as overview
from app.domain.target import Target
from app.models import ApplicationSetting, AuditEvent, Role
from app.models.base import utcnow
from app.web.home import bars, tiles
from tests.support import organisation

ADA = Actor(kind=ActorKind.PERSON, name="ada")


def test_a_visitor_is_asked_to_sign_in(visitor):
    answer = visitor.get("/")

    assert (answer.status_code, answer.location) == (303, "/login")


def test_an_administrator_finds_every_section(sign_in, ada):
    page = sign_in(ada).get("/")

    assert {"/settings", "/users", "/roles", "/account"} <= set(page.links)


def test_without_a_role_there_is_only_oneself(sign_in, omar):
    page = sign_in(omar).get("/")

    assert page.status_code == 200
    assert not [link for link in page.links if link.startswith(("/settings", "/users", "/roles"))]


@pytest.mark.parametrize(
    ("permission", "section"),
    [("settings:read", "/settings"), ("user:read", "/users"), ("role:read", "/roles")],
)
def test_a_card_needs_the_permission_of_its_page(sign_in, person, permission, section):
    page = sign_in(person("nora", permissions=[permission])).get("/")

    sections = {link for link in page.links if link in {"/settings", "/users", "/roles"}}
    assert sections == {section}


def test_recent_changes_are_for_those_who_may_read_them(sign_in, session, person, vera):
    for action in ("user:signed-in", "user:activated"):
        audit.record(session, action, Target.of_user(vera), actor=ADA)
    session.commit()

    page = sign_in(person("nora", permissions=["audit:read"])).get("/")

    assert "ada activated vera" in page.text
    assert "signed in" not in page.text.partition("Recent changes")[2]
    assert page.link("All changes") == "/audit"
    assert "vera signed in" not in sign_in(vera).get("/").text


def test_a_change_leads_to_what_it_was_made_to_and_to_nothing_else(sign_in, session, ada, vera):
    for name, target in (("victor", vera), ("ada", ada)):
        audit.record(session, "user:activated", Target("user", name, target.id), actor=ADA)
    # Vera came after Victor, and has been given his id.
    session.flush()
    vera.created_at = utcnow() + timedelta(minutes=1)
    page = sign_in(ada).get("/")

    assert "activated victor" in page.text
    assert page.link("ada") == f"/users/{ada.id}"
    assert f"/users/{vera.id}" not in page.links


def test_a_name_with_markup_is_shown_as_text(sign_in, person):
    page = sign_in(person("nora", full_name="<img src=x onerror=alert(1)>{{ 7*7 }}")).get("/")

    assert "<img src=x" not in page.html
    assert "{{ 7*7 }}" in page.text


def test_the_overview_takes_few_statements(sign_in, ada, statements):
    browser = sign_in(ada)

    with statements.at_most(12):
        assert browser.get("/").status_code == 200


def test_more_rows_take_no_more_statements(sign_in, ada, session, statements):
    organisation.found(session)
    browser = sign_in(ada)

    with statements.at_most(13):
        assert browser.get("/").status_code == 200


def test_without_a_role_nothing_is_asked(sign_in, omar, statements):
    browser = sign_in(omar)

    with statements.at_most(1):
        assert browser.get("/").status_code == 200


def test_the_tiles_show_how_many_there_are(sign_in, ada, vera, person):
    person("nora", is_active=False, is_verified=True)
    page = sign_in(ada).get("/")

    assert "Active users 2 1 inactive, 2 not verified" in page.text
    assert "Roles 3 3 built in, 18 permissions" in page.text
    assert "Settings 22 2 not set, 2 read-only" in page.text
    assert "Recorded changes, 7 days 0 0 refused" in page.text


def test_a_figure_beyond_the_cap_says_so(sign_in, ada, vera, omar, monkeypatch):
    for module in (overview, attention, bars, tiles):
        monkeypatch.setattr(module, "COUNTED", 2)
    page = sign_in(ada).get("/")

    assert "Active users over 2 0 inactive" in page.text
    assert "Of the 2 newest users, 1 user has no role and cannot do anything." in page.text


def test_each_role_leads_to_its_people(sign_in, ada, vera, omar):
    page = sign_in(ada).get("/")

    assert page.link("viewer") == "/users?role=viewer"
    assert page.link("1 user has no role and cannot do anything.") == "/users?role=,none"
    assert sign_in(ada).get(page.link("viewer")).status_code == 200


def test_the_bar_of_a_role_is_as_long_as_it_has_people(sign_in, ada, vera, person):
    person("nora", roles=["viewer"])
    page = sign_in(ada).get("/")

    bars = re.findall(r'<rect class="series-1" width="([0-9.]+)" height="8" />', page.html)
    assert bars == ["100.0", "50.0", "0.0"]


def test_people_per_role_lead_nowhere_for_those_who_may_not_see_users(sign_in, person):
    page = sign_in(person("nora", permissions=["role:read"])).get("/")

    assert "People per role" in page.text
    assert "has no role" not in page.text
    assert not [link for link in page.links if link.startswith("/users")]


def test_of_many_roles_the_largest_are_shown(sign_in, ada, session):
    session.add_all([Role(name=f"role {number}") for number in range(20)])
    session.commit()
    page = sign_in(ada).get("/")

    assert page.link("All 23 roles") == "/roles"
    assert "/users?role=admin" in page.links
    assert "/users?role=role+9" not in page.links


def test_each_category_says_how_many_settings_are_set(sign_in, ada):
    page = sign_in(ada).get("/")

    assert page.link("llm") == "/settings?category=llm"
    assert "llm 4 of 6" in page.text
    assert page.link("2 of 22 settings not set") == "/settings?state=unset"


def test_a_setting_without_a_category_has_a_place(sign_in, ada, session):
    session.add(ApplicationSetting(key="stray", value="1"))
    session.commit()
    page = sign_in(ada).get("/")

    assert page.link("Without a category") == "/settings?category=,none"


@pytest.fixture
def happened(session):
    """Adds events of some days ago: ``happened("setting:changed", 3)``."""

    def happened(action, days, number=1):
        for _ in range(number):
            session.add(
                AuditEvent(
                    at=utcnow() - timedelta(days=days),
                    actor_kind="person",
                    actor_name="ada",
                    action=action,
                    target_type="x",
                    target_name="y",
                )
            )
        session.commit()

    return happened


def test_the_chart_says_what_is_found_in_it(sign_in, ada, happened):
    happened("setting:restored", 20, 4)
    happened("role:created", 3, 2)
    happened("change:refused", 3)
    wide, narrow = re.findall(r'role="group"\s+aria-label="([^"]+)"', sign_in(ada).get("/").html)

    busiest = utcnow() - timedelta(days=20)
    assert wide == (
        "Changes per day over the last 30 days: 4 to settings, 2 to access, 1 refused."
        f" The busiest day was {busiest.day} {busiest:%b} with 4."
    )
    assert narrow.startswith(
        "Changes per day over the last 14 days: 0 to settings, 2 to access, 1 refused."
    )


def test_the_days_and_the_week_lead_to_their_changes(sign_in, ada, happened):
    happened("role:created", 3)
    links = sign_in(ada).get("/").links

    day, week = (utcnow().date() - timedelta(days=number) for number in (3, 6))
    # Two bars, on wide screens and on phones, and the row of the table.
    assert links.count(f"/audit?day={day}") == 3
    assert f"/audit?from={week}" in links


def test_the_chart_is_a_table_too(sign_in, ada, happened):
    happened("setting:restored", 20, 4)
    page = sign_in(ada).get("/")

    moment = utcnow() - timedelta(days=20)
    assert f"{moment.day} {moment:%b %Y} 4 0 0" in page.text
    assert page.html.count('<td class="nowrap">') == 30


def test_recorded_changes_of_seven_days_are_counted(sign_in, ada, happened):
    happened("setting:restored", 6, 3)
    happened("setting:restored", 7, 5)
    happened("permission:denied", 1)
    page = sign_in(ada).get("/")

    assert "Recorded changes, 7 days 3 1 refused" in page.text
    assert 'class="sparkline"' in page.html


def test_where_nothing_was_changed_it_is_said(sign_in, ada):
    page = sign_in(ada).get("/")

    assert "Nothing was changed in the last 30 days." in page.text
    assert "Nothing has changed yet" in page.text
    assert 'class="chart' not in page.html


def test_what_needs_attention_leads_to_where_it_can_be_mended(sign_in, ada, omar, session):
    debug = session.scalars(
        select(ApplicationSetting).where(ApplicationSetting.key == "debug_mode")
    )
    setting = debug.one()
    setting.value = "true"
    session.commit()
    page = sign_in(ada).get("/")

    assert page.link("debug_mode is on") == f"/settings/{setting.id}"
    assert page.link("1 administrator has never signed in here") == f"/users/{ada.id}"
    assert page.link("1 active user has no role") == "/users?role=,none&status=active"
    assert page.link("2 roles have no people") == "/roles"
    assert page.link("Only admin grants 15 permissions") == "/roles"
    assert page.link("2 settings have no value") == "/settings?state=unset"


def test_every_way_that_is_shown_is_open(sign_in, ada, omar, session):
    organisation.found(session)
    browser = sign_in(ada)

    ways = {link for link in browser.get("/").links if link.startswith("/")}

    assert {browser.get(way).status_code for way in ways} <= {200}


READING = ("settings:read", "user:read", "role:read", "audit:read")


@pytest.mark.parametrize(
    "permissions",
    [held for number in range(1, 5) for held in combinations(READING, number)],
    ids="+".join,
)
def test_every_set_of_permissions_has_an_overview(sign_in, person, permissions):
    browser = sign_in(person("nora", permissions=permissions))
    page = browser.get("/")

    titles = {
        "Changes per day": "audit:read",
        "People per role": "role:read",
        "Settings by category": "settings:read",
        "Active users": "user:read",
    }
    assert {title for title in titles if title in page.text} == {
        title for title, code in titles.items() if code in permissions
    }
    ways = {link for link in page.links if link.startswith(("/settings", "/users", "/roles"))}
    assert {browser.get(way).status_code for way in ways} <= {200}


def test_what_is_good_to_know_is_not_counted(sign_in, ada, omar):
    page = sign_in(ada).get("/")

    attention, _, good_to_know = page.text.partition("Good to know")
    assert "1 active user has no role" in attention.partition("Needs attention")[2]
    assert "have no value" not in attention
    assert "have no value" in good_to_know


def test_nothing_needs_attention_where_all_is_well(sign_in, person):
    page = sign_in(person("nora", permissions=["user:read"])).get("/")

    assert "Needs attention Nothing" in page.text


def test_whoever_may_create_users_finds_the_way(sign_in, ada, person):
    helper = person("nora", permissions=["user:create"])

    assert sign_in(ada).get("/").link("Add user") == "/users/new"
    assert "/users/new" in sign_in(helper).get("/").links
    assert "/users/new" not in sign_in(person("iris", permissions=["user:read"])).get("/").links


def test_denied_pages_do_not_push_changes_out(sign_in, session, ada, vera, omar):
    sign_in(ada).submit(f"/users/{vera.id}/edit", full_name="Vera R.")
    browser = sign_in(omar)
    for _ in range(3):
        browser.get("/settings")
    page = sign_in(ada).get("/")
    assert "omar was denied /settings 3 times, last just now" in page.text

    for number in range(1, 21):
        browser.get(f"/roles/{number}")

    page = sign_in(ada).get("/")
    assert "omar was denied 21 pages, the last one /roles/20 23 times, last just now" in page.text
    assert "ada changed vera" in page.text
