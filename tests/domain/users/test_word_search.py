"""People found by the beginnings of words of their full names."""

import re

import pytest
from sqlalchemy import delete, insert, select, text, update

from app.domain import search, users
from app.domain.paging import SIZE, Cursors
from app.domain.users import Profile, ProfileEdit, UserFilter
from app.domain.users import listing as user_list
from app.models import User, user_words
from app.models.user_words import words_of
from app.unit_of_work import carry_out
from tests.support import plans
from tests.support.people import OPERATOR, PASSWORD_HASH

PEOPLE = {
    "ada": "Ada Byron, Countess of Lovelace",
    "jp": "Jean-Pierre O'Neill (Jimmy)",
    "MÜLLER": "ÄNNE Müller-Lüdenscheidt",
    "byr.on": "Somebody Else",
    "nobody": None,
}
FOUND = {
    "byron": ["ada"],
    "BYR": ["ada", "byr.on"],
    "countess ada": ["ada"],
    "lovelace, ada": ["ada"],
    "ada ad a": ["ada"],
    "pierre": ["jp"],
    "jean-p": ["jp"],
    "neill jimmy": ["jp"],
    "o'n": ["jp"],
    "änne": ["MÜLLER"],
    "A\u0308NNE lüd": ["MÜLLER"],
    "ean": [],
    "ada neill": [],
    "%": [],
    "a b c d e f g h i": [],
}


def add(session, **names):
    session.execute(
        insert(User),
        [
            {
                "username": name,
                "email": f"{number}@example.org",
                "full_name": full_name,
                "password_hash": PASSWORD_HASH,
            }
            for number, (name, full_name) in enumerate(names.items())
        ],
    )
    session.commit()


def copy(session):
    carry_out(lambda: users.copy_after(session, 0), actor=OPERATOR)


def found(session, q, sort="username"):
    page = users.list_page(session, UserFilter(q=q), sort, Cursors()).page
    return [row.username for row in page.rows]


def in_palette(session, q):
    groups = search.find(session, q, lambda _: True).groups
    return {hit.name for group in groups if group.kind == "user" for hit in group.hits}


@pytest.fixture(params=[0, 10**6], ids=["walked", "gathered"])
def way(monkeypatch, request):
    """Goes through the list in its order, or finds all by the indexes of names and words."""
    monkeypatch.setattr(user_list, "MIN_HITS", request.param)
    monkeypatch.setattr(user_list, "SAMPLE", 1)  # the rest of a short list counts as dense


@pytest.mark.parametrize("is_copied", [True, False], ids=["copied", "not yet"])
def test_people_are_found_by_the_beginning_of_any_word(session, way, is_copied):
    add(session, **PEOPLE)
    if is_copied:
        copy(session)

    for q, names in FOUND.items():
        assert sorted(found(session, q)) == sorted(found(session, q, "-created")) == names, q
        assert in_palette(session, q) == set(names), q
        search_of = users.names_of(session, UserFilter(q=q))
        assert users.count_for_export(session, UserFilter(q=q), search_of) == len(names), q


def test_a_full_name_is_found_from_the_moment_it_is_saved(session, person):
    ada = person("ada", full_name="Ada Byron")
    edit = ProfileEdit(
        Profile(**(vars(users.profile_of(ada)) | {"full_name": "Ada Lovelace"})),
        users.profile_etag(ada),
    )
    carry_out(lambda: users.change(session, ada.id, edit, actor=OPERATOR), actor=OPERATOR)

    assert (found(session, "byron"), found(session, "love")) == ([], ["ada"])
    assert users.count_uncopied(session) == 0


def test_what_another_program_writes_is_found_at_once_and_by_nothing_else(session):
    add(session, **PEOPLE)
    copy(session)

    session.execute(update(User).where(User.username == "ada").values(full_name="Ada King"))
    session.commit()

    assert (found(session, "byron"), found(session, "king ada")) == ([], ["ada"])
    assert users.count_uncopied(session) == 1
    session.execute(delete(User).where(User.username == "ada"))
    session.commit()
    copy(session)
    assert session.scalar(select(user_words.c.word).where(user_words.c.word == "king")) is None


def test_no_word_is_stored_that_a_name_or_another_word_begins_with():
    assert words_of("ada.b", "byron@example.org", "Ada Byron Byr Lovelace") == ["lovelace"]
    assert words_of("John_Doe", "j@example.org", "John von Neumann") == [
        *("john_doe", "neumann", "von")
    ]


@pytest.fixture
def crowd(session):
    """Adds four thousand people, most of them with two common words, and a rare one."""
    crowd = {f"{number:05}": f"Alex Miller{number % 50:02}" for number in range(4_000)}
    add(session, **crowd, **{"99999": "Rare Alex"})
    copy(session)
    plans.gather_statistics(session)
    yield
    session.rollback()
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DELETE FROM sqlite_stat1"))
        session.commit()


@pytest.mark.parametrize("q", ["rare", "alex rare", "nobody", "alex nobody"])
def test_few_are_found_by_the_rarest_word_without_reading_everybody(session, crowd, q):
    def read():
        return user_list.list_page(session, UserFilter(q=q), "created", Cursors())

    plan = plans.of(session, read)

    assert found(session, q) == ([] if "nobody" in q else ["99999"])
    assert "ix_console_user_words_word_user_id" in plan, plan
    assert not re.search(
        r"SCAN (users|console_user)|Seq Scan on (users|console_user)| users ALL", plan
    ), plan


def test_many_are_found_on_the_way(session, crowd):
    def read():
        return user_list.list_page(session, UserFilter(q="alex mill"), "username", Cursors())

    plan = plans.of(session, read)

    assert len(read().page.rows) == SIZE
    assert not plans.sorts(session, plan), plan
