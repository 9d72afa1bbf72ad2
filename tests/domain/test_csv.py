"""CSV: what spreadsheets must not execute, and what comes back as it was."""

import csv as reader
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.domain import csv

PREFIXES = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\u00a0@", "'="]
FIRST_OF_FORMULAS = set("=+-@\t\r\n＝＋－＠")


def read(pieces):
    text = b"".join(pieces).decode("utf-8-sig")
    return list(reader.reader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_formula_is_made_text_and_can_be_restored(prefix):
    cell = f'{prefix}HYPERLINK("https://evil.example","x")'

    [_, [exported, _]] = read(csv.encoded(["name", "other"], [[(cell, "x")]]))

    assert exported == f"'{cell}"
    assert csv.restored(exported) == cell


@pytest.mark.parametrize("cell", ["ada", "a=b", "'quoted'", "", " blank", "1+1", "“=”", "'tis"])
def test_other_text_stays_as_it_is(cell):
    assert csv.neutralised(cell) == cell
    assert csv.restored(cell) == cell


@pytest.mark.parametrize(
    ("cell", "exported"),
    [
        ("a;=1+1", "a;'=1+1"),
        ("a,=1+1", "a,'=1+1"),
        ("a\t=1+1", "a\t'=1+1"),
        ("a\n@x", "a\n'@x"),
        ('a;"=1+1"', 'a;\'"=1+1"'),
        ("a; ＝1", "a;' ＝1"),
        ("a;'=1", "a;''=1"),
        (";-1;+2", ";'-1;'+2"),
    ],
)
def test_a_formula_behind_any_separator_is_made_text_and_can_be_restored(cell, exported):
    assert csv.neutralised(cell) == exported
    assert csv.restored(exported) == cell


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "00123",
            "1e5",
            "1E+5",
            "1.50",
            "12345678901234567890",
            "١٢٣",
            "１２",
            "50 %",
            "(5)",
            "5 €",
        ),
        *("mar-1", "MAR1", "1. März 2024", "Sept2", "1/2", "2024-01-31", "3月1日", "10:30", "5 pm"),
        *("2024-01-31T10:00", "TRUE", "falsch", "#N/A", "#DIV/0!", " 007 ", "'00123", "''mar-1"),
    ],
)
def test_what_looks_like_a_number_or_a_date_is_made_text_and_can_be_restored(cell):
    assert csv.neutralised(cell) == f"'{cell}"
    assert csv.restored(f"'{cell}") == cell


@pytest.mark.parametrize(
    "cell",
    [
        *("nora2", "e5", "5e", "may", "march", "martin1", "user-1", "a1", "r2d2", "#1", "truest"),
        *(
            "2026-03-01T12:30:05Z",
            "1+1",
            "ada@example.org",
            "user; viewer",
            "O'Neil 2",
            "_1",
            "yes",
        ),
    ],
)
def test_a_text_with_a_number_in_it_stays_as_it_is(cell):
    assert csv.neutralised(cell) == cell


@pytest.mark.parametrize("separator", csv.Separator)
def test_each_separator_is_read_back(separator):
    cells = ["a;b", "c,d", "e\tf", 'say "hi"', "00123", "a;=1+1"]
    written = b"".join(csv.encoded(["x", "y"], [[cells]], separator)).decode("utf-8-sig")
    lines = list(
        reader.reader(io.StringIO(written, newline=""), delimiter=separator.character, strict=True)
    )

    assert lines[0] == ["x", "y"]
    assert [csv.restored(cell) for cell in lines[1]] == cells


@given(some.text(some.sampled_from("'=+-@ \t\r\n\",;＝ax")))
def test_no_separator_makes_a_formula(cell):
    exported = csv.neutralised(cell)

    assert csv.restored(exported) == cell
    for part in re.split(r"[,;\t\r\n]", exported):
        assert part.replace('"', "").lstrip()[:1] not in FIRST_OF_FORMULAS or not part.strip()


def test_numbers_stay_numbers():
    assert read(csv.encoded(["id"], [[(-5,)]])) == [["id"], ["-5"]]


@given(some.lists(some.text(some.sampled_from("'=+-@ \t\r\n\",;＝axmret15./")), min_size=2))
def test_whatever_is_written_is_read_back(cells):
    [_, exported] = read(csv.encoded(["x"], [[cells]]))

    assert [csv.restored(cell) for cell in exported] == cells
    assert all(cell.lstrip()[:1] not in FIRST_OF_FORMULAS for cell in exported if cell.strip())


def test_headers_are_made_text_too():
    assert read(csv.encoded(["=role"], [])) == [["'=role"]]


def test_the_file_is_that_of_rfc_4180_with_a_mark_for_excel():
    written = b"".join(csv.encoded(["name"], [[("Zoë",), ('a "b", c\nd',)]]))

    assert written == '\ufeffname\r\nZoë\r\n"a ""b"", c\nd"\r\n'.encode()


def test_the_header_does_not_wait_for_rows():
    def batches():
        raise AssertionError("The rows were asked for.")
        yield

    assert next(csv.encoded(["name"], batches())) == b"\xef\xbb\xbfname\r\n"
