"""Numbers and lists as people read them."""

import pytest

from app.domain.phrases import counted, listed, number


@pytest.mark.parametrize(
    ("count", "limit", "text"),
    [
        (0, None, "0"),
        (1234, None, "1,234"),
        (10_000, 10_000, "10,000"),
        (10_001, 10_000, "over 10,000"),
    ],
)
def test_a_count_has_separators_and_an_end(count, limit, text):
    assert number(count, limit) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 users"), (1, "1 user"), (3, "3 users"), (1234, "1,234 users")]
)
def test_a_noun_agrees_with_its_count(count, text):
    assert counted(count, "user") == text


def test_a_noun_can_have_another_plural():
    assert counted(2, "person", "people") == "2 people"
    assert counted(1, "user has", "users have") == "1 user has"


def test_a_count_that_stopped_is_many():
    assert counted(10_001, "user", limit=10_000) == "over 10,000 users"


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ("", ""),
        ("a", "a"),
        ("ab", "a and b"),
        ("abc", "a, b and c"),
        ("abcd", "a, b and 2 more"),
        ("abcde", "a, b and 3 more"),
    ],
)
def test_three_names_are_listed(names, text):
    assert listed(list(names)) == text


def test_more_names_are_listed_where_there_is_room():
    assert listed(list("abcdef"), most=5) == "a, b, c, d and 2 more"
