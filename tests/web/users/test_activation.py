"""The pages that activate and deactivate an account."""

from tests.support.contents import events


def test_deactivating_asks_says_what_follows_and_signs_out(sign_in, ada, vera, session):
    hers = sign_in(vera)
    assert hers.get("/account").status_code == 200

    page = sign_in(ada).get(f"/users/{vera.id}/deactivate")
    assert "signed out everywhere" in page.text
    assert page.submit(reason="On leave.").follow().status_code == 200

    assert not vera.is_active
    assert hers.get("/account").status_code == 303
    assert events(session)[-1].reason == "On leave."


def test_activating_asks_and_says_what_they_hold(sign_in, ada, person):
    ida = person("ida", roles=["viewer"], is_active=False)

    page = sign_in(ada).get(f"/users/{ida.id}/activate")

    assert "Their roles: viewer." in page.text
    assert page.submit(reason="").location == f"/users/{ida.id}"
    assert ida.is_active


def test_what_is_so_already_is_said_instead_of_asked(sign_in, ada, vera, person):
    ida = person("ida", is_active=False)
    browser = sign_in(ada)

    assert "vera is already active" in browser.get(f"/users/{vera.id}/activate").text
    assert "ida is already inactive" in browser.get(f"/users/{ida.id}/deactivate").text
    assert browser.post(f"/users/{vera.id}/activate").status_code == 303
    assert browser.post(f"/users/{ida.id}/deactivate").status_code == 303
