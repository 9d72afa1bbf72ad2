"""``--dry-run``: what a command would do, and nothing of it is done."""

import json

import pytest
from sqlalchemy import func, select

from app.models import AuditEvent
from tests.support.contents import digests


@pytest.fixture
def tried(flask, session):
    """Runs a command with --dry-run, which must change nothing."""

    def tried(*arguments):
        session.commit()
        before = digests(session.get_bind())
        done = flask(*arguments, "--dry-run")
        assert digests(session.get_bind()) == before
        return done

    return tried


def test_a_role_that_would_be_assigned_or_removed(tried, omar, vera):
    assigned = tried("users", "assign", "omar", "viewer").out
    removed = tried("users", "unassign", "vera", "viewer").out

    assert assigned.startswith("omar would get the role viewer.\nThey would gain ")
    assert removed.startswith("vera would lose the role viewer.\nThey would lose ")
    assert tried("users", "assign", "vera", "viewer").err == "Nothing would change.\n"


def test_the_last_administrator_is_refused(flask, ada):
    for command in (("users", "unassign", "ada", "admin"), ("users", "offboard", "ada")):
        done = flask(*command, "--dry-run")

        assert (done.code, done.out) == (1, "")
        assert "ada is the last administrator" in done.err


def test_what_would_leave_with_a_user(tried, ada, vera):
    told = tried("users", "offboard", "vera").out

    assert told.startswith(
        "vera would be deactivated and signed out.\nRoles to be removed: viewer.\n"
    )


@pytest.fixture
def done(flask, session):
    """Runs a command, and returns the ID of its event."""

    def done(*arguments):
        assert flask(*arguments).code == 0
        return str(session.scalar(select(func.max(AuditEvent.id))))

    return done


def test_what_would_be_undone(done, tried, ada, omar):
    assigned = done("users", "assign", "omar", "viewer")
    changed = done("settings", "set", "chunk_size", "640")

    assert tried("users", "undo", assigned).out == "Would remove the role viewer from omar.\n"
    assert tried("settings", "undo", changed).out.splitlines() == [
        "KEY         NOW  RESTORED",
        "chunk_size  640  1000",
    ]
    told = json.loads(tried("settings", "undo", changed, "--json").out)
    assert (told["key"], told["now"], told["restored"]) == ("chunk_size", "640", "1000")


def test_roles_that_would_be_as_before(done, tried, ada, vera):
    granted = done("roles", "grant", "viewer", "audit:read")
    done("roles", "create", "short")
    deleted = done("roles", "delete", "short")

    told = tried("roles", "undo", granted).out
    assert told.startswith("1 user would lose access: vera.\n")
    assert tried("roles", "undo", deleted).out == "Would restore the role short.\n"


def test_a_rule_and_a_relation_with_the_values_that_break_them(tried, session):
    rule = tried("settings", "rule", "chunk_size", "--maximum", "10")
    relation = tried("settings", "add-relation", "chunk_size < chunk_overlap")

    assert rule.out.startswith("Would be saved: ")
    assert "The value of chunk_size breaks it" in rule.out
    assert relation.out.startswith("Would be saved: chunk_size < chunk_overlap")
    assert "breaks it" in relation.out
    same = tried("settings", "rule", "chunk_size", "--unit", "characters")
    assert (same.code, same.err) == (0, "Nothing would change.\n")
