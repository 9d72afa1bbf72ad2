"""The spellings of names and addresses: stored, shown and compared."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.models.spelling import folded, is_same_address, key, shown_address, stored_address

ADDRESSES = [
    # Typed, stored, shown.
    ("Ada@Example.COM ", "ada@example.com", "ada@example.com"),
    ("ada＠example.com", "ada@example.com", "ada@example.com"),
    ("info@dömäin.example", "info@xn--dmin-moa0i.example", "info@dömäin.example"),
    ("info@XN--DMIN-MOA0I.example", "info@xn--dmin-moa0i.example", "info@dömäin.example"),
    ("info@do\u0308ma\u0308in.example", "info@xn--dmin-moa0i.example", "info@dömäin.example"),
    ("a@例え。jp", "a@xn--r8jz45g.jp", "a@例え.jp"),
    ("max@maßanfertigung.de", "max@xn--maanfertigung-cdb.de", "max@maßanfertigung.de"),
    ("weiß@example.org", "weiß@example.org", "weiß@example.org"),
    ("οδος@example.org", "οδος@example.org", "οδος@example.org"),
    ("İbrahim@example.org", "ibrahim@example.org", "ibrahim@example.org"),
    # No domain of IDNA 2008, and no address: left alone.
    ("a@xn--a.example", "a@xn--a.example", "a@xn--a.example"),
    ("nowhere", "nowhere", "nowhere"),
]


@pytest.mark.parametrize(("typed", "stored", "shown"), ADDRESSES)
def test_an_address_is_stored_for_its_mailbox_and_shown_with_letters(typed, stored, shown):
    assert stored_address(typed) == stored
    assert shown_address(stored) == shown
    assert is_same_address(typed, stored)
    assert is_same_address(typed, shown)
    assert folded(typed) == folded(stored) == folded(shown)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("max@maßanfertigung.example", "max@massanfertigung.example"),
        ("weiß@example.org", "weiss@example.org"),
        ("οδος@example.org", "οδοσ@example.org"),
        ("a@kız.example", "a@kiz.example"),
    ],
)
def test_addresses_that_only_folding_makes_alike_are_two(one, other):
    assert not is_same_address(one, other)
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    "spellings",
    [
        ["İbrahim", "ibrahim", "IBRAHIM", "Ibrahim", "i\u0307brahim", "\u0131brah\u0131m"],
        ["STRASSE", "straße", "STRAẞE"],
        ["Müller", "MÜLLER", "mu\u0308ller", "ＭÜＬＬＥＲ"],
    ],
)
def test_spellings_of_one_name_are_folded_alike(spellings):
    assert len({folded(name) for name in spellings}) == 1


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=[]), max_size=40))
def test_any_text_is_folded_and_stored_for_good(text):
    assert stored_address(stored_address(text)) == stored_address(text)
    assert len(key(text * 50)) <= 255
