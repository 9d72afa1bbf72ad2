"""Values of settings: what each data type takes, what is stored, what is said of the rest."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import InvalidValue
from app.domain.settings import SUMMARY_CHARACTERS, DataType, canonical, describe

DATA_TYPES = st.sampled_from(list(DataType))
ANY_TEXT = st.text(st.characters(exclude_categories=[]))
NEARLY_NUMBERS = st.text("0123456789+-._eExX ,٣०\u00a0\n", max_size=24)
TYPED = st.one_of(
    ANY_TEXT, NEARLY_NUMBERS, st.integers().map(str), st.floats().map(str), st.booleans().map(str)
)


@pytest.mark.parametrize(
    ("typed", "data_type", "stored"),
    [
        ("42", "integer", "42"),
        (" 42\r\n", "integer", "42"),
        ("-7", "integer", "-7"),
        ("007", "integer", "7"),
        ("-0", "integer", "0"),
        ("0" * 5_000 + "1", "integer", "1"),
        ("9223372036854775807", "integer", "9223372036854775807"),
        ("-9223372036854775808", "integer", "-9223372036854775808"),
        ("0.70", "float", "0.70"),
        (" 1 ", "float", "1"),
        (".5", "float", "0.5"),
        ("5.", "float", "5"),
        ("-007.5", "float", "-7.5"),
        ("1e-3", "float", "1e-3"),
        ("1.5E+10", "float", "1.5E+10"),
        ("0e-999", "float", "0e-999"),
        ("true", "boolean", "true"),
        ("True", "boolean", "true"),
        (" on ", "boolean", "true"),
        ("1", "boolean", "true"),
        ("NO", "boolean", "false"),
        ("0", "boolean", "false"),
        ('{"a":\r\n  [1, 2]}', "json", '{"a":\n  [1, 2]}'),
        (' "x" ', "json", ' "x" '),
        ("null", "json", "null"),
        ("", "string", ""),
        ("  100MB ", "string", "  100MB "),
        ("one\r\ntwo", "string", "one\ntwo"),
    ],
)
def test_a_value_is_stored_in_its_one_form(typed, data_type, stored):
    assert canonical(typed, DataType(data_type)) == stored


@pytest.mark.parametrize(
    ("typed", "data_type", "sentence"),
    [
        ("", "integer", "The value is empty. Type an integer"),
        ("-", "integer", "The value is empty. Type an integer"),
        ("1_000", "integer", "“1_000” is not a whole number. Enter digits only"),
        ("1,000", "integer", "“1,000” is not a whole number."),
        ("1 000", "integer", "“1 000” is not a whole number."),
        ("-1.5", "integer", "“-1.5” is not a whole number."),
        ("+5", "integer", "“+5” is not a whole number."),
        ("--5", "integer", "“--5” is not a whole number."),
        ("٣", "integer", "“٣” (U+0663) at line 1, column 1 is not a digit"),
        ("²", "integer", "“²” (U+00B2) at line 1, column 1 is not a digit"),
        ("1\n2", "integer", "a line break at line 1, column 2 is not a digit"),
        ("9223372036854775808", "integer", "does not fit in 64 bits"),
        ("-9223372036854775809", "integer", "from -9223372036854775808 to 9223372036854775807"),
        ("9" * 5_000, "integer", "does not fit in 64 bits"),
        ("", "float", "The value is empty. Type a number"),
        ("nan", "float", "“n” at line 1, column 1 does not belong there"),
        ("-inf", "float", "“i” at line 1, column 2 does not belong there"),
        ("Infinity", "float", "“I” at line 1, column 1 does not belong there"),
        ("1_0.5", "float", "“_” at line 1, column 2 does not belong there"),
        ("0,7", "float", "with a point for the decimals"),
        ("١.٥", "float", "“١” (U+0661) at line 1, column 1 does not belong there"),
        ("1.2.3", "float", "“1.2.3” cannot be read as one"),
        (".", "float", "“.” cannot be read as one"),
        ("1e", "float", "“1e” cannot be read as one"),
        ("1e999", "float", "too large for a float"),
        ("1e-999", "float", "would be read as 0"),
        ("0x10", "float", "“x” at line 1, column 2 does not belong there"),
        ("", "boolean", "Nothing typed is neither true nor false."),
        ("maybe", "boolean", "“maybe” is neither true nor false"),
        ("[1,\n 2", "json", "not valid JSON at line 2, column 3: a comma or “]” is missing."),
        ('{"a": 1,\n"a": 2}', "json", "at line 2, column 1: the name “a” occurs twice"),
        ("[NaN]", "json", "at line 1, column 2: “NaN” is none of true, false, null"),
        ("x" * 65_536, "string", "takes 65,536 bytes in UTF-8; at most 65,535 fit"),
        ("a\x00", "string", "contains U+0000 at line 1, column 2"),
        ('"\ud800"', "json", "contains U+D800 at line 1, column 2"),
    ],
)
def test_what_is_no_value_is_refused_with_a_sentence_that_helps(typed, data_type, sentence):
    with pytest.raises(InvalidValue) as refused:
        canonical(typed, DataType(data_type))

    assert sentence in str(refused.value)
    assert refused.value.field == "value"


@settings(deadline=None)
@given(TYPED, DATA_TYPES)
def test_a_value_is_accepted_in_its_stored_form_or_refused(typed, data_type):
    try:
        stored = canonical(typed, data_type)
    except InvalidValue:
        return
    assert canonical(stored, data_type) == stored
    assert len(stored.encode()) <= 65_535


@settings(deadline=None)
@given(TYPED)
def test_a_stored_integer_is_the_one_that_python_reads(typed):
    try:
        stored = canonical(typed, DataType.INTEGER)
    except InvalidValue:
        return
    assert str(int(stored)) == stored
    assert int(stored) == int(typed)
    assert -(2**63) <= int(stored) < 2**63


@settings(deadline=None)
@given(TYPED)
def test_a_stored_float_is_the_one_that_python_reads(typed):
    try:
        stored = canonical(typed, DataType.FLOAT)
    except InvalidValue:
        return
    assert math.isfinite(float(stored))
    assert float(stored) == float(typed)
    assert stored.isascii()


@settings(deadline=None)
@given(st.integers(-(2**63), 2**63 - 1))
def test_every_integer_of_64_bits_is_stored_as_python_writes_it(number):
    assert canonical(str(number), DataType.INTEGER) == str(number)
    assert json.loads(canonical(str(number), DataType.JSON)) == number


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_float_is_stored_without_loss(number):
    assert float(canonical(repr(number), DataType.FLOAT)) == number


@pytest.mark.parametrize("data_type", DataType)
def test_a_known_data_type_is_found_by_its_name(data_type):
    assert DataType.of(data_type.value) is data_type


@pytest.mark.parametrize("name", ["", "String", "list", "datetime", "STRING"])
def test_any_other_data_type_is_unknown(name):
    assert DataType.of(name) is None


@pytest.mark.parametrize(
    ("value", "data_type", "summary"),
    [
        (None, "json", "Not set"),
        ("", "string", "Empty string"),
        ("[1, 2, 3]", "json", "List with 3 entries"),
        ("[[]]", "json", "List with 1 entry"),
        ("{}", "json", "Object with 0 members"),
        ('{"a": 1, "b": 2}', "json", "Object with 2 members"),
        ('{"a": 1}', "json", "Object with 1 member"),
        ('"text"', "json", '"text"'),
        ("{not json", "json", "Not valid JSON"),
        ("12", "integer", "12"),
        ("one\ntwo", "string", "one two"),
        ("x" * 100, "string", "x" * 79 + "…"),
        ("[1]", "of the backend's own", "[1]"),
    ],
)
def test_a_value_is_described_in_a_few_words(value, data_type, summary):
    assert describe(value, DataType.of(data_type)) == summary


@settings(deadline=None)
@given(ANY_TEXT, DATA_TYPES)
def test_whatever_is_stored_can_be_described(value, data_type):
    assert len(describe(value, data_type)) <= SUMMARY_CHARACTERS


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("0,7", "0.7"), ("-12,5", "-12.5"), (",5", "0.5"), ("-,5", "-0.5"), ("1,5e-3", "1.5e-3")],
)
def test_a_decimal_comma_is_answered_with_the_point(typed, meant):
    with pytest.raises(InvalidValue) as refused:
        canonical(typed, DataType.FLOAT)

    assert f"Did you mean {meant}?" in str(refused.value)


@pytest.mark.parametrize("typed", ["1,000,000", "1.000,5", "1,", "a,5", "0,7 0,8"])
def test_other_commas_are_not_guessed_at(typed):
    with pytest.raises(InvalidValue) as refused:
        canonical(typed, DataType.FLOAT)

    assert "Did you mean" not in str(refused.value)
