"""The reader types texts as the console does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import settings as domain
from app.domain.errors import InvalidValue
from app.domain.settings import DataType, canonical
from settings_reader.values import typed

TEXTS = [
    *("42", " 42\r\n", "-7", "007", "-0", "0" * 5_000 + "1", "9223372036854775807"),
    *("9223372036854775808", "-9223372036854775808", "9" * 5_000, "+1", "1_000", "٣", "", "-"),
    *("0.70", ".5", "5.", "1e-3", "1.5E+10", "0e-999", "1e-999", "1e999", "nan", ".", "1,5"),
    *("true", "True", " on ", "NO", "0", "perhaps"),
    *('{"a": [1, 2]}', ' "x" ', "null", "[1e999]", "NaN", '{"a": 1, "a": 2}', '"\\ud800"', "[1,]"),
    *("[" * 32 + "]" * 32, "[" * 33 + "]" * 33, "[" * 100_000, "[12345678901234567890]"),
]
KINDS = [kind for kind in DataType if kind is not DataType.STRING]
NEARLY = st.text('0123456789+-._eE ,٣[]{}":\\udtruefalsn', max_size=12)


def is_typed(text, data_type):
    try:
        typed(text, data_type)
    except ValueError:
        return False
    return True


def is_accepted(text, data_type):
    try:
        canonical(text, DataType(data_type))
    except InvalidValue:
        return False
    return True


def value_by(read, text, data_type):
    try:
        return read(text, data_type)
    except (InvalidValue, ValueError):
        return "no value"


@settings(max_examples=200)
@given(st.sampled_from(TEXTS) | NEARLY, st.sampled_from([*DataType, None]))
def test_a_program_gets_the_same_value_from_the_api_and_from_the_reader(text, data_type):
    read, answered = (value_by(one, text, data_type) for one in (typed, domain.typed))

    assert (type(answered), repr(answered)) == (type(read), repr(read))


@pytest.mark.parametrize("data_type", KINDS)
def test_what_the_console_accepts_can_be_read_and_nothing_else(data_type):
    differing = [
        text for text in TEXTS if is_typed(text, data_type) != is_accepted(text, data_type)
    ]

    assert differing == []


@settings(max_examples=50)
@given(NEARLY, st.sampled_from(KINDS))
def test_texts_of_all_kinds_are_read_as_the_console_accepts_them(text, data_type):
    assert is_typed(text, data_type) == is_accepted(text, data_type)


@pytest.mark.parametrize(
    ("text", "data_type", "value"),
    [
        (" 007", "integer", 7),
        ("-0", "integer", 0),
        ("1e-3", "float", 0.001),
        ("NO", "boolean", False),
        ('{"a": [1, null]}', "json", {"a": [1, None]}),
        ("1", "of another kind", "1"),
    ],
)
def test_a_text_stands_for_a_value(text, data_type, value):
    assert typed(text, data_type) == value
