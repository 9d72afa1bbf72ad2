"""The selection of users, which survives other pages of the list, filters and mistakes."""

import re

import pytest
from sqlalchemy import insert, select

from app.models import User
from tests.support.people import PASSWORD_HASH


@pytest.fixture
def crowd(session):
    """A hundred and twenty people, fifty of whom fit on a page; their ids."""
    rows = [
        {"username": f"crowd{n:03}", "email": f"{n}@example.org", "password_hash": PASSWORD_HASH}
        for n in range(120)
    ]
    session.execute(insert(User), rows)
    session.commit()
    crowd = select(User.id).where(User.username.like("crowd%"))
    return [str(row_id) for row_id in session.scalars(crowd.order_by(User.username))]


@pytest.fixture
def page(sign_in, ada, crowd):
    """The first page of the crowd, where the first one is selected and kept."""
    first = sign_in(ada).get("/users?q=crowd")
    return first.submit("ticked", users=[crowd[0]], page="same")


def selected(page, **fields):
    """Return the selected users by their numbers, as the review names them."""
    review = page.submit("ticked", action="deactivate", **fields)
    return sorted({int(number) for number in re.findall(r"crowd(\d{3})", review.text)})


def test_other_pages_and_back_keep_the_selection(page, crowd):
    second = page.submit("ticked", page="older")
    assert "crowd050" in second.text
    assert "crowd000" not in second.text
    assert "those selected below and 1 user elsewhere" in second.text

    third = second.submit("ticked", users=[crowd[70]], page="older")
    assert selected(third) == [0, 70]
    back = third.submit("ticked", page="newer")
    assert selected(back) == [0, 70]
    assert selected(back.submit("ticked", users=[], page="newer")) == [0]


def test_a_filter_keeps_the_selection_and_is_applied(page, crowd):
    found = page.submit(to="/users", q="crowd05", sort="-username")

    assert found.text.index("crowd059") < found.text.index("crowd058")
    assert "crowd060" not in found.text
    assert selected(found, users=[crowd[55]]) == [0, 55]
    nobody = page.submit(to="/users", q="nobody")
    assert "No user matches" in nobody.text
    assert selected(nobody) == [0]


def test_a_mistake_keeps_the_selection_and_takes_it_back_to_the_list(page):
    mistaken = page.submit("ticked", action="assign")
    assert mistaken.status_code == 422
    assert "Selected 1 user" in mistaken.text

    again = mistaken.submit("ticked", page="list")

    assert again.path.startswith("/users?q=crowd")
    assert selected(again) == [0]


def test_who_may_change_nobody_selects_nobody(sign_in, person, crowd):
    browser = sign_in(person("iris", permissions=["user:read"]))

    assert browser.post("/users", others=crowd[0]).status_code == 403
    assert 'name="others"' not in browser.get("/users").html


@pytest.mark.parametrize("others", ["x", "0,-1", "9" * 30, ",,,", "1;2", "\0"])
def test_no_id_is_no_error(sign_in, ada, others):
    answer = sign_in(ada).post("/users", others=others)

    assert answer.status_code == 200
    assert "elsewhere" not in answer.text
