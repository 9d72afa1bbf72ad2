"""Entered text: line breaks, characters that no text may hold, and sizes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import InvalidValue
from app.domain.text import (
    character_name,
    checked,
    checked_line,
    checked_reason,
    position,
    shortened,
)

ANY_TEXT = st.text(st.characters(exclude_categories=[]))


def check(text, **limits):
    return checked(text, field="value", what="The value", **limits)


def check_line(text, **limits):
    return checked_line(text, field="full_name", what="The full name", **limits)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        ("  kept  ", "  kept  "),
        ("one\r\ntwo\r\n", "one\ntwo\n"),
        ("one\rtwo", "one\ntwo"),
        ("a\tb", "a\tb"),
        ("Grüße, 你好 👩‍🔬", "Grüße, 你好 👩‍🔬"),
    ],
)
def test_only_line_ends_change(typed, stored):
    assert check(typed) == stored


@pytest.mark.parametrize(
    ("typed", "character", "where"),
    [
        ("a\x00", "U+0000", "line 1, column 2"),
        ("one\r\n\x1b[31m", "U+001B", "line 2, column 1"),
        ("\x7f", "U+007F", "line 1, column 1"),
        ("\x85", "U+0085", "line 1, column 1"),
        ("ab\ud800", "U+D800", "line 1, column 3"),
    ],
)
def test_a_control_character_is_refused_with_its_place(typed, character, where):
    with pytest.raises(InvalidValue) as refused:
        check(typed)

    assert str(refused.value) == (
        f"The value contains {character} at {where}, which cannot be stored. Remove it."
    )
    assert refused.value.field == "value"


def test_the_size_is_counted_in_bytes_after_line_ends_are_one():
    assert len(check("é" * 32_767 + "\r\n").encode()) == 65_535

    with pytest.raises(InvalidValue, match=r"takes 65,536 bytes in UTF-8; at most 65,535 fit"):
        check("é" * 32_768)


@pytest.mark.parametrize("typed", ["two\nlines", "a\tb", "a\x00b", "a\u2028b", "a\udfffb"])
def test_a_line_holds_neither_line_ends_nor_tabs(typed):
    with pytest.raises(InvalidValue, match="at character"):
        check_line(typed)


def test_a_line_is_stripped_and_counted_in_characters():
    assert check_line(" " + "é" * 255 + " ") == "é" * 255
    with pytest.raises(InvalidValue, match="is 256 characters long; at most 255 fit"):
        check_line("é" * 256)


def test_a_reason_may_be_left_out_and_has_at_most_500_characters():
    assert checked_reason(None) == ""
    assert checked_reason("  because\r\nof it ") == "because\nof it"
    assert checked_reason("x" * 500)
    with pytest.raises(InvalidValue) as refused:
        checked_reason("x" * 501)
    assert refused.value.field == "reason"


@settings(deadline=None)
@given(ANY_TEXT)
def test_what_is_accepted_is_accepted_again_and_can_be_encoded(text):
    try:
        stored = check(text)
    except InvalidValue:
        return
    assert check(stored) == stored
    assert "\r" not in stored
    assert len(stored.encode()) <= 65_535


def test_places_are_counted_from_one_in_each_line():
    assert position("ab\ncd", 0) == "line 1, column 1"
    assert position("ab\ncd", 4) == "line 2, column 2"
    assert position("ab\n", 3) == "line 2, column 1"


@pytest.mark.parametrize(
    ("character", "text"),
    [
        ("x", "“x”"),
        (" ", "a space"),
        ("\n", "a line break"),
        ("\t", "a tab"),
        ("٣", "“٣” (U+0663)"),
        ("\u200b", "U+200B"),
    ],
)
def test_characters_are_shown_so_that_they_can_be_told_apart(character, text):
    assert character_name(character) == text


def test_long_text_is_cut_off():
    assert shortened("one\n two") == "one two"
    assert shortened("x" * 41) == "x" * 39 + "…"
