"""What pages say of how names are searched: what they do, with the index and without."""

import pytest

from tests.support import searching

ANYWHERE = "Finds user names and email addresses that contain this text, and words"
BEGINNING = "Finds user names, email addresses and words of full names that start with this text."
TOO_SHORT = f"{BEGINNING} With 3 or more characters, user names and email addresses that contain it"
somewhere = pytest.mark.only_on("sqlite", "postgresql")


@pytest.fixture
def index(app, session):
    with searching.indexed(app):
        yield


def test_without_an_index_the_list_says_beginning(sign_in, ada, person):
    person("johanna")
    browser = sign_in(ada)

    page = browser.get("/users", q="joh")
    assert BEGINNING in page.text
    assert "starts with “joh”" in page.text
    assert 'aria-describedby="filter-q-hint"' in page.html
    nobody = browser.get("/users", q="hanna")
    assert f"No user matches these filters. {BEGINNING}" in nobody.text
    assert "hanna" not in nobody.html.partition("<table")[2]
    nothing = browser.get("/search", q="hanna")
    assert "Users are found by the beginning of their user name or email address" in nothing.text


@somewhere
def test_with_an_index_the_list_finds_any_part_and_says_so(sign_in, ada, person, index):
    person("johanna")
    browser = sign_in(ada)

    page = browser.get("/users", q="hann")
    assert "johanna" in page.html.partition("<table")[2]
    assert ANYWHERE in page.text
    assert "contains “hann”" in page.text
    assert f"No user matches these filters. {ANYWHERE}" in browser.get("/users", q="nobody").text
    nothing = browser.get("/search", q="nobody-there")
    assert "Users are found by any part of their user name or email address" in nothing.text


@somewhere
def test_with_an_index_two_characters_are_the_beginning_and_that_is_said(
    sign_in, ada, person, index
):
    person("johanna")

    page = sign_in(ada).get("/users", q="jo")

    assert TOO_SHORT in page.text
    assert "starts with “jo”" in page.text


@pytest.mark.parametrize("q", ["", "  ", "a\x1fb"])
def test_where_no_name_is_searched_nothing_is_promised(sign_in, ada, q):
    page = sign_in(ada).get("/users", q=q)

    assert page.status_code == 200
    assert "any part" not in page.text


@somewhere
@pytest.mark.parametrize("path", ["/users?q=hann", "/users?q=hann&role=none&sort=-created"])
def test_the_list_takes_four_statements_with_an_index_too(
    sign_in, ada, person, index, statements, path
):
    person("johanna")
    browser = sign_in(ada)

    with statements.at_most(4):
        assert "johanna" in browser.get(path).text


@somewhere
def test_the_export_and_the_selection_of_all_take_the_same_people(sign_in, ada, person, index):
    person("johanna")
    person("hannah")
    person("somebody")
    browser = sign_in(ada)

    page = browser.get("/users/export", q="hann")
    assert "2 users. Users who match the filter: User name or email contains hann" in page.text
    rows = browser.post("/users/export", match_q="hann").text
    assert ("johanna" in rows, "hannah" in rows, "somebody" in rows) == (True, True, False)
    review = browser.get("/users", q="hann").submit("ticked", scope="all", action="deactivate")
    assert "Deactivate 2 users?" in review.text


@somewhere
def test_the_palette_finds_any_part_of_a_name(sign_in, ada, person, index):
    person("johanna")

    found = sign_in(ada).get("/search", q="hann", part="results")

    assert "jo<mark>hann</mark>a" in found.html
