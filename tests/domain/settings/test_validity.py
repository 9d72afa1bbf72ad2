"""Stored values, whoever stored them: which are valid for their type."""

import pytest

from app.domain.settings import problem


@pytest.mark.parametrize(
    ("data_type", "values"),
    [
        ("integer", ["0", "-7", "042", str(2**63 - 1)]),
        ("float", ["0.7", "-12", "1e-3", ".5", "7"]),
        ("boolean", ["true", "False", "YES", "on", "0"]),
        ("json", ["null", ' {"a": [1]}\n', '"text"', '{"dsn": "postgresql://u:p@h/db"}']),
        ("string", ["", " padded ", "ja", "\x07"]),
        ("yaml", ["- anything", ""]),
    ],
)
def test_a_value_of_its_type_is_valid(data_type, values):
    assert {value: problem(value, data_type) for value in [*values, None]} == dict.fromkeys(
        [*values, None], ""
    )


@pytest.mark.parametrize(
    ("data_type", "values", "sentence"),
    [
        ("integer", ["4 2", "", " 5", "5\n", "1.0", "+5", "٤٢", str(2**63)], "Not a valid integer"),
        ("float", ["1e999", "0,7", " 5", "NaN", "inf", "", "9" * 5000], "Not a valid float"),
        ("boolean", ["ja", "", " true", "2", "nil"], "Neither true nor false"),
        ("json", ["{", "", "{'a': 1}", "NaN", "ja"], "Not valid JSON"),
    ],
)
def test_a_value_that_is_not_of_its_type_is_told(data_type, values, sentence):
    assert {problem(value, data_type) for value in values} == {sentence}
