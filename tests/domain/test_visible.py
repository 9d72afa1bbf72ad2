"""What cannot be seen in a text has a name, and pairs are cut around their first difference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.visible import brief, ends, pair, parts, parts_of_line, visible

ORDINARY = [
    *("abc", "a b", "two  blanks", "⟨x⟩", '{\n\t"a": [1, 2]\n}'),
    *("Grüße, 你好 👩‍🔬", "می‌خواهم"),
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_values_look_as_they_are(text):
    assert (visible(text), ends(text)) == (text, "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("X ", "X⟨space⟩"),
        ("  X", "⟨2 spaces⟩X"),
        ("X\t", "X⟨tab⟩"),
        ("a\tb", "a⟨tab⟩b"),
        ("X\u00a0", "X⟨no-break space⟩"),
        ("a\u00a0b", "a⟨no-break space⟩b"),
        ("X\u200b", "X⟨zero-width space⟩"),
        ("\ufeffX", "⟨byte order mark⟩X"),
        ("\u202eabc", "⟨right-to-left override⟩abc"),
        ("a\u2066b", "a⟨left-to-right isolate⟩b"),
        ("a\u200db", "a⟨zero width joiner⟩b"),
        ("a\u00adb", "a⟨soft hyphen⟩b"),
        ("X\u3000", "X⟨ideographic space⟩"),
        ("X\r", "X⟨U+000D⟩"),
        ("a\nb\n", "a\nb⟨line break⟩"),
        (" ", "⟨space⟩"),
        ("", ""),
    ],
)
def test_what_cannot_be_seen_has_a_name(text, shown):
    assert visible(text) == shown


@given(st.text(st.characters(exclude_categories=[])))
def test_no_text_is_lost(text):
    shown = "".join(part for is_name, part in parts(text) if not is_name)

    assert set(shown) <= set(text)
    assert shown.strip() == shown


def test_a_long_run_takes_no_time():
    assert visible("x" + " " * 60_000 + "y") == "x" + " " * 60_000 + "y"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("X ", "ends with a space"),
        (" X\t", "begins with a space and ends with a tab"),
        ("\u200bX", "begins with a zero-width space"),
        ("  ", "begins with 2 spaces"),
        ("a\nb ", ""),
        ("a\u00a0b", ""),
    ],
)
def test_the_ends_of_a_line_are_told(text, said):
    assert ends(text) == said


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a" * 100 + "b" + "c" * 100, "a" * 100 + "d" + "c" * 100),
        ("a" * 100, "a" * 100 + " "),
        ("X", "X\u200b"),
        ("a b", "a  b"),
        ("a b", "a\nb"),
        ("a\tb", "a b"),
        ("x\n" * 40 + "1", "x\n" * 40 + "2"),
        ("same beginning " * 9, "same beginning " * 9 + "\n"),
        (" ", "  "),
    ],
)
def test_a_pair_is_cut_around_its_first_difference(before, after):
    old, new = map(visible, pair(before, after, 60))

    assert old != new
    assert max(len(old), len(new)) < 90
    assert not {"\n", "\t"} & {*old, *new}


@given(st.text(min_size=1), st.text(min_size=1))
def test_two_texts_that_differ_are_shown_apart(before, after):
    old, new = map(visible, pair(before, after, 20))

    assert (old == new) <= (before == after)


def test_an_ordinary_pair_is_cut_as_before():
    assert pair("5", "8", 60) == ("5", "8")
    assert pair("one\n two", "x" * 70, 60) == ("one two", "x" * 59 + "…")
    assert brief("y" * 70, 60) == "y" * 59 + "…"


def test_the_end_of_a_changed_line_is_named():
    assert parts_of_line("  x ", is_last=True) == [(False, "  x"), (True, "space")]
    assert parts_of_line("x ", is_last=False) == [(False, "x ")]
    assert parts_of_line("\u200b", is_last=False) == [(True, "zero-width space")]
