"""Showing a finding again that was put aside."""

ASIDE, TAKE_UP = "/attention/users/put-aside", "/attention/users/take-up"


def test_what_was_put_aside_is_shown_again(sign_in, ada, omar):
    operator = sign_in(ada)
    operator.get(ASIDE).submit(to=ASIDE, reason="Omar reads documents only")
    assert "Omar reads documents only" in operator.get(TAKE_UP).text

    assert operator.get(TAKE_UP).submit(to=TAKE_UP).location == "/"

    page = operator.get("/")
    assert "The finding is shown again." in page.text
    assert "Put aside: 1 active user has no role" in page.html
    assert operator.get(TAKE_UP).status_code == 404
