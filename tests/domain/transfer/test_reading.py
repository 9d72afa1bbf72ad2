"""Transfer files that are read, and those that are refused with the place of their mistake."""

from io import BytesIO

import pytest

from app.domain import transfer
from app.domain.errors import InvalidValue

HEAD = "format: rag-fortress-console/1\n"
REFUSED = [
    ("", "The file is empty"),
    ("settings: []", "file. The file must have “format”."),
    ("just text", "file. The file must be an object."),
    ("format: x", "format must be rag-fortress-console/2 or rag-fortress-console/1."),
    (f"{HEAD}settings:", "file. settings must be a list."),
    (f"{HEAD}settings: [{{value: 1}}]", "file. settings[0] must have “key”."),
    (f"{HEAD}settings: [{{key: ''}}]", "settings[0].key must have 1 to 255 characters."),
    (f"{HEAD}settings: [{','.join(['{key: a}'] * 20_001)}]", "20,000 entries, and has 20,001"),
    (f"{HEAD}roles: [{{name: a, permissions: some}}]", "must be a list of permission codes, or"),
    (f"{HEAD}settings:\n- key: a\n- key: a\n", "names a more than once under settings."),
    (
        f"{HEAD}roles: [{{name: a, permissions: []}}, {{name: A, permissions: []}}]",
        "names a more than once under roles; upper and lower case are the same there.",
    ),
    (f"{HEAD}format: x", "line 2, column 1: this name occurs twice"),
    (f"{HEAD}settings: &a []\nroles: *a", "anchors and aliases are not allowed"),
    ("!!python/object/apply:os.system [ls]", "tags are not allowed"),
    (f"{HEAD}---\n{HEAD}", "a second document begins here"),
    ("[" * 9 + "]" * 9, "may be nested 8 deep"),
    ("[" * 100_000, "nest"),
    (f"{HEAD}settings: [", "The file is not valid YAML at line 3"),
    ('{"format": "rag-fortress-console/1", "format": "x"}', "occurs twice in this object"),
    ("format: \x01", "a character that YAML does not allow"),
    ("? [a]\n: b", "a name is missing"),
]


@pytest.mark.parametrize(("text", "sentence"), REFUSED, ids=range(len(REFUSED)))
def test_a_file_that_cannot_be_read_is_refused_with_the_place(text, sentence):
    with pytest.raises(InvalidValue) as refusal:
        transfer.read_file(text)

    assert sentence in str(refusal.value)
    assert refusal.value.field == "text"


SECRET = "sk-SECRET123"
WITH_SECRET = [
    (f"value: [{SECRET}]", "settings[0].value must be a string, a number, true or false, or null."),
    (f"value: {{a: {SECRET}}}", "settings[0].value must be a string"),
    (f"value: one,{SECRET}", "settings[0] has 1 name that is not known there; known are key,"),
    (f"secret: true, value: {SECRET}", "settings[0] is marked as a secret, and must have no value"),
    (f"secret: {SECRET}", "settings[0].secret must be true."),
    (f"is_set: {SECRET}", "settings[0].is_set must be true or false."),
    (f"value: one,{SECRET},{SECRET}", "this name occurs twice"),
]


@pytest.mark.parametrize(("fields", "sentence"), WITH_SECRET)
def test_a_mistake_repeats_nothing_of_the_file(fields, sentence):
    with pytest.raises(InvalidValue) as refusal:
        transfer.read_file(f"{HEAD}settings: [{{key: llm_api_key, {fields}}}]")

    assert sentence in str(refusal.value)
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}settings: [{SECRET}]",
        f"{HEAD}settings: {SECRET}",
        f"{HEAD}roles: [{{name: a, permissions: {SECRET}}}]",
        f"{HEAD}rules: [{{key: a, severity: {SECRET}}}]",
        f"{HEAD}{SECRET}: []",
        f"format: {SECRET}",
        SECRET,
        f'{{"format": "rag-fortress-console/2", "settings": [{{"value": {SECRET[3:]}}}]}}',
    ],
)
def test_a_secret_at_another_place_is_not_repeated_either(text):
    with pytest.raises(InvalidValue) as refusal:
        transfer.read_file(text)

    assert "SECRET123" not in str(refusal.value)


def test_a_file_beyond_the_limit_is_refused():
    with pytest.raises(InvalidValue, match="larger than 8 MiB"):
        transfer.read_file("#" * (8 * 1024 * 1024 + 1))
    with pytest.raises(InvalidValue, match="larger than 8 MiB"):
        transfer.read_text(BytesIO(b"#" * (8 * 1024 * 1024 + 1)))


@pytest.mark.parametrize("read", [transfer.read_env, transfer.read_users])
def test_other_files_have_the_same_limit(read):
    with pytest.raises(InvalidValue, match="larger than 8 MiB"):
        read("#" * (8 * 1024 * 1024 + 1))


def test_values_may_be_written_without_quotes():
    file = transfer.read_file(
        f"{HEAD}settings:\n- {{key: a, value: 0800}}\n- {{key: b, value: true}}\n"
        "- {key: c, value: null}\n- {key: d, value: no}\n- {key: e, value: 0.70}\n- key: f\n"
    )

    values = [entry.value for entry in file.settings]
    assert values == ["0800", "true", None, "no", "0.70", None]
    assert [entry.has_value for entry in file.settings] == [True] * 5 + [False]
