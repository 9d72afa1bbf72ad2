"""Roles and categories with the names of the console's own words: each filter means one of them."""

import csv
import io

import pytest

from app.models import ApplicationSetting, Role, User

PEOPLE = ("holder", "nobody")
NAMES = ["none", ",none", ",", ",,none", "all", "new", "without a role"]


@pytest.fixture
def holders(session, person):
    """A user for each role with such a name, and one user without a role."""
    session.add_all(Role(name=name) for name in NAMES)
    session.commit()
    people = {name: person(f"holder{index}", roles=[name]) for index, name in enumerate(NAMES)}
    return people | {None: person("nobody")}


def shown(page):
    return {name for name in page.text.split() if name.startswith(PEOPLE) and "@" not in name}


def options_of(page):
    [control] = [one for form in page.forms for one in form.named("role")]
    return [value for value, _ in control.options if value]


def test_each_choice_of_a_role_finds_its_own_users(sign_in, session, ada, holders):
    browser = sign_in(ada)
    page = browser.get("/users")
    everybody = {user.username: user.id for user in session.query(User)}
    found = {}

    for value in options_of(page):
        listed = browser.submit("/users", role=value, q="", status="")
        exported = browser.get(listed.link("Export…")).submit(to="/users/export").html
        names = {row["username"] for row in csv.DictReader(io.StringIO(exported.lstrip("\ufeff")))}
        assert all(name in listed.text for name in names)
        found[value] = names & {user.username for user in holders.values()}
        if not names:
            continue
        review = listed.submit("ticked", scope=True, users=[], action="deactivate")
        others = everybody.keys() - names
        assert not any(f'/users/{everybody[name]}"' in review.html for name in others)

    assert len({tuple(names) for names in found.values() if names}) == len(NAMES) + 1
    assert all(len(names) <= 1 for names in found.values())


def test_the_word_of_old_links_is_a_name_as_soon_as_there_is_one(sign_in, session, ada, person):
    person("nobody")
    browser = sign_in(ada)
    before = browser.get("/users", role="none")
    assert "without a role" in before.text
    assert shown(before) == {"nobody"}

    session.add(Role(name="none"))
    session.commit()
    person("holder", roles=["none"])

    assert shown(browser.get("/users", role="none")) == {"holder"}
    review = before.submit("ticked", scope=True, users=[], action="deactivate")
    assert shown(review) - {"nobody?"} == {"nobody"}


def test_links_of_the_overview_mean_what_they_count(sign_in, ada, holders):
    browser = sign_in(ada)
    overview = browser.get("/")

    assert shown(browser.get(overview.link("1 active user has no role"))) == {"nobody"}
    assert shown(browser.get(overview.link("none"))) == {"holder0"}


def test_each_category_shows_its_own_settings(sign_in, session, ada):
    names = [None, "none", ",none", ",", "Without a category", "all"]
    session.add_all(
        ApplicationSetting(key=f"lonely_{index}", value="1", data_type="string", category=name)
        for index, name in enumerate(names)
    )
    session.commit()
    browser = sign_in(ada)
    page = browser.get("/settings")
    assert all(f"lonely_{index}" in page.text for index in range(len(names)))

    jumps = {href for href in page.links if "category=" in href and "edit=" not in href}
    keys = [
        [n for n in range(len(names)) if f"lonely_{n}" in browser.get(url).text] for url in jumps
    ]

    assert sorted(found for found in keys if found) == [[n] for n in range(len(names))]
