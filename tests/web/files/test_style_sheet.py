"""The style sheet: many files to read, one file to send."""

import re

import pytest

from tests.house.reading import ROOT

STATIC = ROOT / "static"
SHEET = re.compile(r'<link rel="stylesheet" href="([^"]+)" />')


@pytest.fixture
def sheet(visitor):
    [address] = SHEET.findall(visitor.get("/login").html)
    return visitor.get(address)


@pytest.mark.only_on("sqlite")
def test_a_page_asks_for_one_style_sheet_which_asks_for_no_other(sheet):
    assert sheet.status_code == 200
    assert sheet.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "@import" not in sheet.html


@pytest.mark.only_on("sqlite")
def test_the_style_sheet_holds_the_rules_of_all_files(sheet):
    sources = list(STATIC.glob("css/**/*.css"))
    rules = [path.read_text(encoding="utf-8").count("{") for path in sources]

    assert len(sources) > 10
    assert sheet.html.count("{") == sum(rules) + len(sources)
    assert sheet.html.count("{") == sheet.html.count("}")
    assert re.findall(r"^@layer (\w+) \{$", sheet.html, re.MULTILINE)[:3] == [
        "tokens",
        "base",
        "shell",
    ]


@pytest.mark.only_on("sqlite")
def test_the_images_of_the_style_sheet_are_beside_it(sheet):
    images = set(re.findall(r'url\("([^"]+)"\)', sheet.html))

    assert images
    assert images <= {path.name for path in STATIC.iterdir()}


@pytest.mark.only_on("sqlite")
def test_a_browser_keeps_the_style_sheet_for_as_long_as_its_content_is_the_same(sheet, visitor):
    etag = sheet.headers["ETag"]
    again = visitor.open("/static/app.css", headers={"If-None-Match": etag})

    assert etag.strip('"') == sheet.path.partition("?v=")[2]
    assert sheet.headers["Cache-Control"] == "max-age=31536000"
    assert (again.status_code, again.html) == (304, "")
    assert again.headers["Cache-Control"] == "no-cache"
