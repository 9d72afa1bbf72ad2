"""Secrets come decrypted where the program has the key, and are told to nobody else."""

import base64

import pytest

from app.domain.settings import SecretKeys
from settings_reader import UnreadableSetting

KEY, OTHER = bytes(range(32)), bytes(32)
SECRET = "canary-4711"


def written(key):
    return base64.urlsafe_b64encode(key).decode()


@pytest.fixture
def stored(store):
    store("llm_api_key", SecretKeys(KEY).encrypted(SECRET))


@pytest.mark.parametrize("keys", [[KEY], [OTHER, KEY]], ids=["the key", "a former key"])
def test_a_secret_is_decrypted(stored, read, keys):
    assert read(keys=tuple(map(written, keys)))["llm_api_key"] == SECRET


@pytest.mark.parametrize("keys", [(), (written(OTHER),)], ids=["no key", "another key"])
def test_without_its_key_a_secret_is_no_value(stored, read, keys):
    with pytest.raises(UnreadableSetting, match="no key of this program") as refusal:
        read(keys=keys)["llm_api_key"]

    assert SECRET not in str(refusal.value)


def test_the_key_is_that_of_the_backend(stored, read, monkeypatch):
    monkeypatch.setenv("MASTER_ENCRYPTION_KEY", written(KEY))

    assert read(keys=None)["llm_api_key"] == SECRET


def test_a_key_that_is_none_is_refused_at_once(read):
    with pytest.raises(ValueError, match="not base64url"):
        read(keys=("not base64!",))
