"""Transfer files that are read, and those that are refused with the place of their mistake."""

from io import BytesIO

import pytest

from app.domain import transfer
from app.domain.errors import InvalidValue

HEAD = "format: rag-fortress-console/1\n"
REFUSED = [
    ("", "The file is empty"),
    ("settings: []", "'format' is a required property"),
    ("just text", "At the top: 'just text' is not of type 'object'"),
    (f"{HEAD}settings: [{{key: a, colour: red}}]", "settings[0]: Additional properties"),
    (f"{HEAD}settings: [{{key: a, secret: true, value: x}}]", "settings[0]:"),
    (f"{HEAD}settings:\n- key: a\n- key: A\n", "names a more than once under settings"),
    (f"{HEAD}format: x", "line 2, column 1: the name “format” occurs twice"),
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


def test_a_file_beyond_the_limit_is_refused():
    with pytest.raises(InvalidValue, match="larger than 8 MiB"):
        transfer.read_file("#" * (8 * 1024 * 1024 + 1))
    with pytest.raises(InvalidValue, match="larger than 8 MiB"):
        transfer.read_text(BytesIO(b"#" * (8 * 1024 * 1024 + 1)))


def test_values_may_be_written_without_quotes():
    file = transfer.read_file(
        f"{HEAD}settings:\n- {{key: a, value: 0800}}\n- {{key: b, value: true}}\n"
        "- {key: c, value: null}\n- {key: d, value: no}\n- {key: e, value: 0.70}\n- key: f\n"
    )

    values = [entry.value for entry in file.settings]
    assert values == ["0800", "true", None, "no", "0.70", None]
    assert [entry.has_value for entry in file.settings] == [True] * 5 + [False]
