"""The page that deletes an account."""

import re

from sqlalchemy import select

from app.models import User
from tests.support.contents import events


def there_is(session, name):
    return session.scalar(select(User.id).where(User.username == name)) is not None


def test_deleting_says_what_is_lost_and_asks_for_the_name(sign_in, session, ada, vera):
    hers = sign_in(vera)
    page = sign_in(ada).get(f"/users/{vera.id}/delete")
    assert re.search(r"Roles viewer Sessions that end 1", page.text)

    refused = page.submit(username="Vera", reason="Gone.")
    assert refused.status_code == 422
    assert "Type the user name, vera, to confirm" in refused.text
    deleted = refused.submit(username="vera")

    assert "Deleted vera" in deleted.follow().text
    assert not there_is(session, "vera")
    assert hers.get("/account").status_code == 303
    assert (events(session)[-1].action, events(session)[-1].reason) == ("user:deleted", "Gone.")


def test_a_user_who_changed_meanwhile_is_shown_again_before_deleting(sign_in, session, ada, vera):
    browser = sign_in(ada)
    page = browser.get(f"/users/{vera.id}/delete")
    browser.submit(f"/users/{vera.id}/edit", full_name="Vera C. Rubin")

    again = page.submit(username="vera", reason="Gone.")

    assert again.status_code == 409
    assert "You changed vera just now, in another window. Check this page again" in again.text
    assert "Delete Vera C. Rubin" in again.text
    assert (again.value("username"), again.value("reason")) == ("vera", "Gone.")
    assert again.submit(username="vera").status_code == 303
    assert not there_is(session, "vera")


def test_what_was_recorded_of_a_deleted_user_leads_nowhere(sign_in, session, ada, vera):
    number = vera.id
    browser = sign_in(ada)
    browser.submit(f"/users/{vera.id}/delete", username="vera")

    page = browser.get("/")

    assert re.search(r"ada deleted vera", page.text)
    assert f"/users/{number}" not in page.links


def test_who_gets_a_deleted_user_s_number_does_not_get_their_history(sign_in, ada, vera, person):
    browser = sign_in(ada)
    browser.post(f"/users/{vera.id}/reset")
    browser.submit(f"/users/{vera.id}/delete", username="vera")

    page = browser.get(f"/users/{person('next').id}")

    assert "No change of this user has been recorded" in page.text
