"""Settings as lists show them: found, filtered, and never with a secret."""

import pytest

from app.domain import settings
from app.domain.errors import InvalidValue
from app.domain.settings import SettingFilter
from app.models import ApplicationSetting


def add(session, key, value, **columns):
    """Add a setting, as another program would."""
    setting = ApplicationSetting(key=key, value=value, **columns)
    session.add(setting)
    session.commit()
    return setting


def found(session, wanted):
    return settings.matching(settings.read_all(session), wanted)


def test_settings_are_found_anywhere_in_key_description_and_value(session):
    add(session, "first_thing", "Straße", description="About roads")
    for q in ("FIRST", "strasse", "roads"):
        lines = found(session, SettingFilter(q=q))
        assert [line.key for line in lines] == ["first_thing"]


@pytest.mark.parametrize(
    "q", ["upload limit", "limit UPLOAD", "size-max", "upload.size", "storage upload", "500 limit"]
)
def test_settings_are_found_by_all_words_in_any_order(session, q):
    add(session, "max_upload_size", "500", description="The limit, in MB.", category="storage")
    add(session, "batch_rows", "900", description="The limit, in rows.", category="import")

    lines = found(session, SettingFilter(q=q))
    assert [line.key for line in lines if line.category in {"storage", "import"}] == [
        "max_upload_size"
    ]


@pytest.mark.parametrize(("q", "keys"), [("1.5", ["weight"]), (":", ["weight"]), ("5", ["weight"])])
def test_numbers_are_words_of_their_own(session, q, keys):
    add(session, "weight", "1.5", description="Ratio: one to one.", category="custom")

    lines = found(session, SettingFilter(q=q))
    assert [line.key for line in lines if line.category == "custom"] == keys


def test_a_secret_is_neither_shown_nor_found(session):
    add(session, "openai_api_key", "sk-canary")

    assert found(session, SettingFilter(q="canary")) == []
    [line] = found(session, SettingFilter(q="openai_api_key"))
    assert (line.value, line.is_set, line.is_secret) == (None, True, True)
    assert "canary" not in repr(line)


@pytest.mark.parametrize("wanted", [{"state": "password_hash"}, {"type": "duration"}])
def test_settings_are_filtered_by_nothing_but_what_is_offered(session, wanted):
    with pytest.raises(InvalidValue):
        found(session, SettingFilter(**wanted))


def test_the_line_of_a_list_and_the_page_have_one_etag(session):
    for value in ("Hello", "", None, "redis://:hunter2@h"):
        setting = add(session, f"greeting{len(str(value))}", value)
        [line] = found(session, SettingFilter(q=setting.key))
        assert line.etag == settings.etag_of(setting)
