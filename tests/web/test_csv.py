"""CSV: what spreadsheets must not execute, and what comes back as it was."""

import csv as reader
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.web import csv

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


@given(some.text(some.sampled_from("'=+-@ \t\r\n\",;＝ax")))
def test_no_separator_makes_a_formula(cell):
    exported = csv.neutralised(cell)

    assert csv.restored(exported) == cell
    for part in re.split(r"[,;\t\r\n]", exported):
        assert part.replace('"', "").lstrip()[:1] not in FIRST_OF_FORMULAS or not part.strip()


def test_numbers_stay_numbers():
    assert read(csv.encoded(["id"], [[(-5,)]])) == [["id"], ["-5"]]


@given(some.lists(some.text(some.sampled_from("'=+-@ \t\r\n\",;＝ax")), min_size=2))
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
