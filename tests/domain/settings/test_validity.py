"""Stored values, whoever stored them: which are valid for their type."""

import pytest

from app.domain.settings import DataType, describe, masked, problem, read_all, rule_state
from app.models import ApplicationSetting, SettingRule


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


@pytest.mark.parametrize(
    ("data_type", "value"),
    [
        ("string", "postgresql://u:hunter2@h/db"),
        ("json", '{"dsn": "host=h password=hunter2", "more": 1}'),
    ],
)
def test_of_a_value_with_a_password_nothing_is_said(session, data_type, value):
    setting = ApplicationSetting(key="place", value=value, data_type=data_type)
    session.add_all([setting, SettingRule(key="place", schema='{"format": "uri", "type": "null"}')])
    session.commit()

    [line] = [line for line in read_all(session) if line.key == "place"]

    assert line.findings == rule_state(session, setting).findings == ("", "")
    assert describe(line.value, DataType(data_type)) == masked(value)
