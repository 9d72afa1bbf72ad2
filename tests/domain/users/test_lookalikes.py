"""User names that can be mistaken for each other: refused for new names, told for old ones."""

import pytest
from sqlalchemy import insert

from app.domain import sign_in, users
from app.domain.errors import InvalidValue
from app.domain.users import NewUser, Profile, ProfileEdit
from app.models import User
from app.unit_of_work import carry_out
from tests.support import plans
from tests.support.people import OPERATOR, PASSWORD, PASSWORD_HASH

COCO = "\u0441\u043e\u0441\u043e"


def add(session, *names):
    rows = [
        {"username": name, "email": f"{number}@example.org", "password_hash": PASSWORD_HASH}
        for number, name in enumerate(names)
    ]
    session.execute(insert(User), rows)
    session.commit()


def create(session, name):
    new = NewUser(name, "new@example.org")
    return carry_out(lambda: users.create(session, new, actor=OPERATOR), actor=OPERATOR)[0]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("r\u043eot", "The user name mixes Cyrillic and Latin letters, which can be mistaken"),
        ("root.", "The user name looks like Root, which another user has. Choose another one."),
        ("r00t", ""),
        (COCO, "The user name looks like coco, which another user has. Choose another one."),
        ("adrian\u0131", "Another user has adrian\u0131 as user name"),
        ("rnaria", "The user name looks like maria"),
    ],
)
def test_a_new_name_that_looks_like_another_is_refused(session, typed, sentence):
    add(session, "Root", "coco", "adriani", "maria")

    if not sentence:
        assert create(session, typed).username == typed
        return
    with pytest.raises(InvalidValue, match="^" + sentence.replace(".", r"\.")) as refused:
        create(session, typed)
    assert refused.value.field == "username"


@pytest.mark.parametrize("typed", ["анна", "李明", "ヤマダ太郎", "Ελένη", "김철수", "נועה"])
def test_names_of_other_scripts_are_as_good_as_any(session, typed):
    assert create(session, typed).username == typed.lower()


def test_a_rename_is_checked_as_a_new_name_is(session, person):
    person("coco")
    mara = person("mara.")
    user_id = mara.id

    def rename(name):
        profile = Profile(name, mara.email)
        edit = ProfileEdit(profile, users.profile_etag(mara))
        carry_out(lambda: users.change(session, user_id, edit, actor=OPERATOR), actor=OPERATOR)

    for name in (COCO, "coco-", "mar\u0430"):
        with pytest.raises(InvalidValue):
            rename(name)
    rename("mara")
    assert mara.username == "mara"


def test_the_first_administrator_gets_no_misleading_name_either(session):
    with pytest.raises(InvalidValue, match="mixes Cyrillic and Latin"):
        sign_in.registration(NewUser("r\u043eot", "root@example.org"), PASSWORD)


def test_names_that_are_there_already_are_told(session):
    add(session, "root", "r\u043e\u043et", "Anna", "hanna", "coco", COCO)
    carry_out(lambda: users.copy_after(session, 0), actor=OPERATOR)

    count, groups = users.lookalikes(session, 1)
    assert count == 2
    assert groups == [["coco", COCO]]
    assert list(users.of_mixed_scripts(session)) == ["r\u043e\u043et"]


def test_lookalikes_are_found_by_their_index(session):
    add(session, *(f"person{number}" for number in range(3_000)))
    carry_out(lambda: users.copy_after(session, 0), actor=OPERATOR)
    plans.gather_statistics(session)

    plan = plans.of(session, lambda: users.looks_like(session, "pers\u043en7"))

    assert "ix_console_user_names_skeleton" in plan
