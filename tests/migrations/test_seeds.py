"""What the revisions insert."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.permissions import PermissionCode

CODES = {str(code) for code in PermissionCode}


@pytest.fixture
def settings(operator):
    operator.succeed("upgrade", "001")
    query = "SELECT {key}, value, data_type, category, is_mutable, description"
    rows = operator.ask(f"{query} FROM application_settings")
    return {key: rest for key, *rest in rows}


def test_there_are_three_roles_and_what_they_grant_at_002(operator):
    operator.succeed("upgrade", "002")

    rows = operator.ask("SELECT name, is_system FROM roles ORDER BY name")
    assert rows == [("admin", True), ("user", True), ("viewer", True)]
    assert _grants(operator) == {"admin": 10, "user": 3, "viewer": 1}
    assert operator.ask("SELECT count(*) FROM permissions") == [(10,)]


def test_the_administrator_holds_all_eighteen_permissions_in_the_end(operator):
    operator.succeed("upgrade")

    assert {code for (code,) in operator.ask("SELECT code FROM permissions")} == CODES
    assert _grants(operator) == {"admin": 18, "user": 3, "viewer": 1}
    assert operator.ask("SELECT turn FROM console_access_guard") == [(0,)]


def test_going_back_takes_the_permissions_of_the_console_from_every_role(operator):
    operator.succeed("upgrade")
    operator.execute(
        "INSERT INTO role_permissions (role_id, permission_id) SELECT roles.id, permissions.id"
        " FROM roles, permissions WHERE name = 'viewer' AND code = 'audit:read'"
    )

    operator.succeed("downgrade", "-x", "delete-grants=yes", "002")

    assert _grants(operator) == {"admin": 10, "user": 3, "viewer": 1}


def test_the_default_settings_are_of_every_type_the_guide_names(settings):
    categories = Counter(category for _, _, category, _, _ in settings.values())
    types = {data_type for _, data_type, _, _, _ in settings.values()}

    assert 18 <= len(settings) <= 24
    assert len(categories) >= 5
    assert types == {"string", "integer", "boolean", "json"}
    assert settings["max_document_size"][:3] == ["100MB", "string", "documents"]
    assert settings["chunk_size"][:3] == ["1000", "integer", "document_processing"]
    assert settings["chunk_overlap"][:3] == ["200", "integer", "document_processing"]


def test_the_default_settings_are_values_of_their_type_and_say_what_they_are_for(settings):
    for value, data_type, _, _, description in settings.values():
        assert description.endswith(".")
        if data_type == "integer":
            assert str(int(value)) == value
        if data_type == "boolean":
            assert value in {"true", "false"}
        if data_type == "json":
            json.loads(value)


def test_some_settings_are_not_set_and_one_cannot_be_changed(settings):
    assert settings["llm_api_key"][0] is None
    assert settings["llm_endpoint_url"][0] is None
    assert [key for key, row in settings.items() if not row[3]] == ["app_environment"]


def test_the_default_settings_fit_the_rules_that_come_with_them(operator, settings):
    operator.succeed("upgrade")

    rules = operator.ask("SELECT {key}, severity, requires_reason FROM console_setting_rules")
    assert {"llm_provider", "log_level", "chunk_size", "chunk_overlap"} < {key for key, *_ in rules}
    assert {key for key, *_ in rules} <= set(settings)
    assert {tuple(rest) for _, *rest in rules} == {("refuse", False)}
    relations = operator.ask("SELECT expression, severity FROM console_value_relations")
    assert relations == [("chunk_overlap < chunk_size", "refuse")]


def test_the_moments_of_the_rows_are_in_utc_whatever_the_zone_of_the_server(operator):
    operator.succeed("upgrade")

    for table in ("application_settings", "roles", "permissions"):
        assert abs(datetime.now(UTC) - operator.newest(table)) < timedelta(minutes=5)


def _grants(operator):
    return Counter(
        name
        for (name,) in operator.ask(
            "SELECT name FROM role_permissions JOIN roles ON roles.id = role_id"
        )
    )
