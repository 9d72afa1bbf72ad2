"""Settings to look at, to change and to delete, and someone who may only look."""

import pytest

from app.domain import settings
from app.domain.settings import SecretKeys
from app.models import ApplicationSetting
from tests.support.settings import TOP_K


@pytest.fixture
def looker(person):
    """May look at settings, and no more."""
    return person("lucy", permissions=["settings:read"])


@pytest.fixture
def add(session):
    """Adds a setting: ``add("top_k", "integer", "5")``."""

    def add(key, data_type="string", value="text", **columns):
        details = {"category": "tests", "description": f"About {key}."} | columns
        setting = ApplicationSetting(key=key, data_type=data_type, value=value, **details)
        session.add(setting)
        session.commit()
        return setting

    return add


@pytest.fixture
def three(add):
    """One setting of each kind of control."""
    return (
        add("top_k", "integer", "5"),
        add("flag", "boolean", "true"),
        add("name", value=None),
    )


@pytest.fixture
def top(add):
    """The setting that goes."""
    return add(**TOP_K)


@pytest.fixture
def keyed(session):
    """Gives the console a key for secrets."""
    engine = session.get_bind()
    engine.update_execution_options(**{settings.KEYS: SecretKeys(bytes(range(32)))})
    yield
    engine.update_execution_options(**{settings.KEYS: SecretKeys()})
