"""Static files: answers that are the same for everybody, so that browsers keep them."""

import re

import pytest

ASSET = re.compile(r'(?:href|src)="(/static/[^"#]+)')
PLAIN = ("/static/app.css", "/static/css/print.css", "/static/check.svg", "/healthz", "/readyz")


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_is_the_same_for_everybody_depends_on_no_cookie(sign_in, ada, method):
    browser = sign_in(ada)
    form = browser.get("/account/password")  # now there is a session cookie, too
    paths = {*ASSET.findall(form.html), *PLAIN}
    answers = [browser.open(path, method=method) for path in paths]
    for answer in answers:
        answer.response.close()

    assert len(paths) > len(PLAIN) + 2
    assert {answer.status_code for answer in answers} == {200}
    assert [one.path for one in answers if {"Vary", "Set-Cookie"} & set(one.headers.keys())] == []


@pytest.mark.only_on("sqlite")
def test_an_answer_without_content_depends_on_no_cookie_either(sign_in, ada):
    browser = sign_in(ada)
    [sheet, *_] = [path for path in ASSET.findall(browser.get("/").html) if "app.css" in path]
    etag = browser.get(sheet).headers["ETag"]
    again = browser.open(sheet, headers={"If-None-Match": etag})

    assert again.status_code == 304
    assert "Vary" not in again.headers


@pytest.mark.only_on("sqlite")
def test_a_page_says_that_it_depends_on_the_cookie(sign_in, ada):
    assert sign_in(ada).get("/account").headers["Vary"] == "Cookie"
