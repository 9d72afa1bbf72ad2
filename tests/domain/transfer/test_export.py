"""The transfer file: all there is, in one order, without secrets, and read again as it was."""

import json

import pytest

from app.domain import transfer
from app.domain.errors import BeyondOwnPermissions, InvalidValue
from app.domain.transfer import Part, TransferFile, TransferFormat
from app.domain.transfer.schema import refuse_mistakes
from app.domain.transfer.transfer_file import SettingEntry
from app.models import ApplicationSetting, SettingRule
from tests.support.people import OPERATOR, acting

CANARY = "canary-9a1f"
TEXTS = [
    *("", " ", "no", "null", "~", "1e3", "010", "0.70", "true", "a: b", "- a", "#x", "'", '"'),
    *("two\nlines", "two\nlines\n", "\n", "a \nb", "  a\n b", "tab\tin", "Grüße 🎈", "a\r\nb"),
    *("\x85", "\u2028x", "\ufeff", "\x7f", "a\x00b"[:1], "%a", "@", "`", "{x", "[x", "? x", "| x"),
    *('{"a": [1, 2]}', "x" * 500, "---", "...", "---\nx", "!tag", "&a", "*a", "=", "<<"),
]


def exported(session, *parts, actor=OPERATOR):
    return transfer.export(session, frozenset(parts or Part), actor=actor)


def test_the_file_holds_every_part(session, ada, vera):
    content = json.loads(transfer.written(exported(session), TransferFormat.JSON))

    assert list(content) == ["format", *Part]
    keys = [entry["key"] for entry in content["settings"]]
    assert keys == sorted(keys)
    chunk = next(entry for entry in content["settings"] if entry["key"] == "chunk_size")
    assert (chunk["data_type"], chunk["value"]) == ("integer", "1000")
    assert {"name": "admin", "permissions": "all"}.items() <= content["roles"][0].items()
    assert content["assignments"] == [
        {"username": "ada", "roles": ["admin"]},
        {"username": "vera", "roles": ["viewer"]},
    ]


@pytest.mark.parametrize("file_format", TransferFormat)
def test_no_secret_is_in_the_file(session, file_format):
    session.add_all(
        [
            ApplicationSetting(key="backup_api_key", value=CANARY),
            ApplicationSetting(key="plain_name", value=CANARY),
            SettingRule(key="plain_name", is_secret=True),
            ApplicationSetting(key="store_url", value=f"postgresql://u:{CANARY}@host/db"),
            # Of a token, only the mask is shown.
            ApplicationSetting(key="greeting", value=f"sk-{CANARY}-abcdefghijklmnop"),
        ]
    )
    session.commit()

    text = transfer.written(exported(session), file_format)

    assert CANARY not in text
    read = {entry.key: entry for entry in transfer.read_file(text).settings}
    for key in ("backup_api_key", "plain_name", "store_url", "greeting"):
        assert (read[key].is_secret, read[key].is_set, read[key].has_value) == (True, True, False)


@pytest.mark.parametrize("file_format", TransferFormat)
def test_a_file_is_read_as_it_was_written(file_format):
    entries = [
        SettingEntry(
            f"s{number:03}", text, has_value=True, data_type="string", description=text or None
        )
        for number, text in enumerate([*TEXTS, None], start=1)
    ]
    file = TransferFile(settings=entries)

    assert transfer.read_file(transfer.written(file, file_format)) == file


def test_a_part_needs_the_permission_to_read_it(session, person):
    nora = acting(person("nora", permissions=["role:read"]))

    assert exported(session, Part.ROLES, actor=nora).parts == [Part.ROLES]
    with pytest.raises(BeyondOwnPermissions, match="settings:read"):
        exported(session, Part.SETTINGS, actor=nora)
    with pytest.raises(InvalidValue, match="Choose at least one part"):
        transfer.export(session, frozenset(), actor=nora)


def test_the_export_fits_the_schema_that_is_shipped(session, ada):
    schema = json.loads(transfer.schema_text())

    refuse_mistakes(json.loads(transfer.written(exported(session), TransferFormat.JSON)))
    assert set(schema["properties"]) == {"format", *Part}
