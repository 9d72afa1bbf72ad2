"""Users chosen by a pasted list of names, for a bulk change."""

import pytest
from sqlalchemy import delete

from app.models import UserNames, user_words


@pytest.fixture
def colleagues(person):
    """People whose names are pasted."""
    return [
        person("grace", full_name="Grace Hopper", email="grace.hopper@navy.example"),
        person("alan", full_name="Alan Turing"),
        person("alan2", full_name="Alan Turing", is_active=False),
        person("margaret.hamilton", full_name="Margaret Hamilton"),
    ]


def look_up(browser, text):
    return browser.submit("/users/choose", names=text)


def selected(page):
    return [box.value for box in page._controls("users") if box.chosen]


def test_a_role_for_pasted_names_takes_one_review(sign_in, session, ada, colleagues):
    browser = sign_in(ada)
    assert browser.get("/users").link("Choose by list…") == "/users/choose"

    page = look_up(browser, "GRACE; margaret.hamilton@example.org\r\nomar")
    review = page.submit("ticked", action="assign", with_role="viewer")
    done = review.submit("bulk-form", confirmed="1")

    assert "Found 2" in page.text
    assert "Assigned the role viewer to 2 users" in done.text
    assert done.link("Back to the list") == "/users/choose"


@pytest.mark.parametrize(
    "text",
    [
        "grace\nalan",
        "grace alan",
        "• grace\t|alan;;\n\n",
        '"Hopper, Rear Admiral" <Grace.Hopper@NAVY.example>, <alan@example.org>',
        "Grace   hopper, alan, ALAN, grace",
        "grace / alan\n/\n---; & ...",
        "grace (alan)",
    ],
)
def test_names_are_separated_by_anything(sign_in, ada, colleagues, text):
    page = look_up(sign_in(ada), text)

    assert selected(page) == [str(colleagues[0].id), str(colleagues[1].id)]


def test_a_name_of_several_is_left_to_choose(sign_in, ada, colleagues):
    page = look_up(sign_in(ada), "Alan  turing")

    assert "Several users have this name 1 Alan turing" in page.text
    assert selected(page) == []
    assert "alan2 · alan2@example.org Inactive" in page.text


def test_a_misspelt_name_is_told_with_the_nearest(sign_in, ada, colleagues):
    page = look_up(sign_in(ada), "margret.hamilton, zzz")

    assert "Not found 2 margret.hamilton Did you mean: Margaret Hamilton" in page.text
    assert "zzz Nobody has a similar name." in page.text
    assert selected(page) == []


@pytest.mark.parametrize("text", ["Hamilton", "hamilten", "margaret"])
def test_one_word_of_a_full_name_suggests_who_has_it(sign_in, ada, colleagues, person, text):
    for number in range(30):
        person(f"ham{number:02}", full_name=f"Walt Ham{number:02}")

    page = look_up(sign_in(ada), text)

    assert f"{text} Did you mean: Margaret Hamilton" in page.text
    assert selected(page) == []


def test_people_whom_another_program_added_are_suggested_too(sign_in, ada, colleagues, session):
    session.execute(delete(user_words))
    session.execute(delete(UserNames))
    session.commit()

    page = look_up(sign_in(ada), "Hamilten")

    assert "Hamilten Did you mean: Margaret Hamilton" in page.text


def test_punctuation_is_not_told_as_missing(sign_in, ada, colleagues):
    page = look_up(sign_in(ada), "grace / alan / zzz")

    assert "Not found 1 zzz" in page.text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" ,; ", "Enter at least one name or address."),
        ("/ ... & +", "Enter at least one name or address."),
        ("a " * 501, "The list has more than 500 names."),
        ("a\0b", "cannot be stored"),
    ],
)
def test_a_list_that_cannot_be_looked_up_stays_to_be_corrected(sign_in, ada, text, sentence):
    page = look_up(sign_in(ada), text)

    assert page.status_code == 422
    assert sentence in page.text


@pytest.mark.parametrize("count", [2, 300])
def test_statements_do_not_grow_with_the_names(sign_in, ada, statements, count):
    browser = sign_in(ada)

    with statements.at_most(30):
        look_up(browser, "\n".join(f"ada{number}@example.org" for number in range(count)))
