"""The filters of ``flask users list``, which are those of the page."""

import json

import pytest

from app.models import Role


@pytest.fixture
def listed(flask, ada, vera, omar):
    """Returns the names of the users that match."""

    def listed(*filters):
        lines = flask("users", "list", *filters, "--json").out.splitlines()
        return [json.loads(line)["username"] for line in lines]

    return listed


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ((), ["ada", "omar", "vera"]),
        (("--role", "viewer"), ["vera"]),
        (("--without-role",), ["omar"]),
        (("--search", "ver"), ["vera"]),
        (("--search", "ver", "--role", "admin"), []),
        (("--status", "active", "--signed-in", "never"), ["ada", "omar", "vera"]),
        (("--status", "inactive"), []),
        (("--signed-in", "lately"), []),
    ],
)
def test_users_that_match_every_filter_are_listed(listed, filters, names):
    assert listed(*filters) == names


def test_a_role_with_the_mark_of_filters_is_that_role(session, listed, vera):
    session.add(role := Role(name=",none"))
    vera.roles.append(role)

    assert listed("--role", ",none") == ["vera"]


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("filters", "code"),
    [
        (("--role", "nothing"), 1),
        (("--role", "viewer", "--without-role"), 2),
        (("--status", "asleep"), 2),
        (("--search", "x" * 3000), 1),
    ],
)
def test_a_filter_that_there_is_not_is_refused(flask, filters, code):
    assert flask("users", "list", *filters).code == code
