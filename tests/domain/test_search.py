"""Search over settings, users, roles and permissions."""

import pytest

from app.domain import search
from app.domain.search import Closeness
from app.models import ApplicationSetting, Permission, Role, User
from tests.support.people import PASSWORD_HASH


@pytest.fixture
def find(session):
    """Finds a text: the names of the hits by kind; with every permission unless told otherwise."""

    def find(text, can=lambda _code: True):
        groups = search.find(session, text, can).groups
        return {group.kind.value: [hit.name for hit in group.hits] for group in groups}

    return find


def setting(session, key, **columns):
    session.add(ApplicationSetting(key=key, **({"data_type": "string"} | columns)))
    session.commit()


def test_exact_comes_first_then_prefix_then_what_contains_it(find, session):
    for key in ("zz_chunk", "a_chunk_b", "chunk"):
        setting(session, key)
    setting(session, "about", description="How large a CHUNK is.")

    found = find("chunk")["setting"]

    assert found[:3] == ["chunk", "chunk_overlap", "chunk_size"]
    assert found[3:5] == ["a_chunk_b", "zz_chunk"]
    assert "about" in found[5:]


def test_the_kind_with_the_best_fit_comes_first(find, ada):
    assert next(iter(find("document:read"))) == "permission"
    assert next(iter(find("chunk_size"))) == "setting"
    assert next(iter(find("viewer"))) == "role"
    assert next(iter(find("ada@example.org"))) == "user"


def test_settings_are_found_by_what_they_hold(find, session):
    setting(session, "greeting", value="Good Morning")
    setting(session, "other", value=None, description="Says good morning.")

    assert find("good morning") == {"setting": ["greeting", "other"]}


def test_users_are_found_by_the_beginning_of_name_and_address(find, person):
    person("grace", email="hopper@navy.example")

    assert find("GRA")["user"] == ["grace"]
    assert find("Hopper@Navy")["user"] == ["grace"]
    assert "user" not in find("race")
    assert "user" not in find("navy.example")


def test_password_hashes_are_not_searched(find, ada):
    assert find("$argon2id") == {}
    assert find(PASSWORD_HASH[:40]) == {}


def test_an_exact_user_comes_before_those_who_only_begin_so(find, person):
    for name in ("crowd00", "crowd", "crowd01"):
        person(name)

    assert find("crowd")["user"] == ["crowd", "crowd00", "crowd01"]


def test_secrets_are_not_found_by_what_they_hold(find, session):
    setting(session, "openai_api_key", value="sk-not-to-be-found")

    assert find("sk-not-to-be-found") == {}


def test_roles_and_permissions_are_found_by_their_descriptions(find, session):
    session.add(Role(name="clerk", description="Keeps the Ledger."))
    session.add(
        Permission(code="ledger:close", resource="ledger", action="close", description="Closes it.")
    )
    session.commit()

    assert find("ledger") == {"permission": ["ledger:close"], "role": ["clerk"]}


@pytest.mark.parametrize(
    ("codes", "kinds"),
    [
        (["settings:read"], {"setting"}),
        (["user:read"], {"user"}),
        (["role:read"], {"role", "permission"}),
        (["audit:read"], set()),
        (["settings:read", "user:read", "role:read"], set(search.HitKind)),
    ],
)
def test_only_what_may_be_seen_is_found(find, session, codes, kinds):
    for text in ("user", "admin", "e"):
        assert set(find(text, lambda code: code in codes)) <= kinds
    session.add(User(username="user1", email="user1@example.org", password_hash=PASSWORD_HASH))
    setting(session, "user_limit")
    assert set(find("user", lambda code: code in codes)) == kinds


@pytest.mark.parametrize(
    ("term", "name", "closeness"),
    [
        ("Chunk", "chunk", Closeness.EXACT),
        ("ch", "chunk", Closeness.PREFIX),
        ("un", "chunk", Closeness.CONTAINS),
        ("x", "chunk", Closeness.ELSEWHERE),
        ("chunk SIZE", "chunk_size", Closeness.EXACT),
        ("size chunk", "chunk_size", Closeness.CONTAINS),
    ],
)
def test_closeness(term, name, closeness):
    assert search._closeness(term, name) is closeness


@pytest.mark.parametrize(
    ("name", "term", "parts"),
    [
        ("chunk_size", "SIZE", ("chunk_", "size", "")),
        ("chunk", "x", ("chunk", "", "")),
        ("a.b", ".", ("a", ".", "b")),
        ("max_chunk_size", "chunk size", ("max_", "chunk_size", "")),
    ],
)
def test_what_was_looked_for_is_marked(name, term, parts):
    assert search.parts(name, term) == parts
