"""The boxes of the matrix, its filter, and its size."""

import gzip
import re

import pytest
from sqlalchemy import select

from app.models import Role
from tests.support.roles import codes_of, crowd


def test_each_box_shows_what_is_granted(sign_in, ada, editor, cell):
    page = sign_in(ada).get("/roles")

    assert cell("editor", "document:read") in page.value("grants")
    assert cell("editor", "document:delete") not in page.value("grants")
    assert (
        f'value="{cell("editor", "document:read")}" aria-label="editor grants document:read"'
        in (page.html)
    )


def test_the_column_of_admin_has_no_boxes(sign_in, ada, cell):
    page = sign_in(ada).get("/roles")

    assert "admin always grants audit:read" in page.html
    assert f'value="{cell("admin", "audit:read")}"' not in page.html


def test_each_column_says_how_many_people_hold_its_role(sign_in, ada, vera, person, editor):
    person("nora", roles=["viewer"], is_active=False)

    for reader in (ada, person("iris", permissions=["role:read"])):
        page = sign_in(reader).get("/roles")

        assert (
            "Permission admin 1 person system role user 0 people system role "
            "viewer 2 people system role editor 0 people" in page.text
        )


def test_people_of_a_role_beyond_ten_thousand_are_not_counted(sign_in, session, ada, editor):
    crowd(session, editor, 10_001)

    assert "editor over 10,000 people" in sign_in(ada).get("/roles").text


def test_who_may_only_look_gets_no_boxes(sign_in, person):
    page = sign_in(person("iris", permissions=["role:read"])).get("/roles")

    assert page.status_code == 200
    assert "You need the permission role:update to change the matrix." in page.text
    assert 'name="grants"' not in page.html
    assert "New role" not in page.text


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({"q": "document:d"}, ["document:delete"]),
        ({"q": " WHO changed "}, ["audit:read"]),
        ({"resource": "audit"}, ["audit:read"]),
        ({"q": "read", "resource": "document"}, ["document:read"]),
        ({"differ": "1"}, ["document:create", "document:update"]),
        ({"differ": "1", "q": "create"}, ["document:create"]),
    ],
    ids=["code", "description", "resource", "both", "differ", "differ and text"],
)
def test_the_address_says_which_rows_are_shown(sign_in, ada, editor, query, codes):
    page = sign_in(ada).get("/roles", **query)

    assert codes_of(page) == codes
    assert f"{len(codes)} permission" in page.text
    boxes = [f'aria-label="editor grants {code}"' in page.html for code in codes]
    assert all(boxes)
    assert page.html.count('aria-label="editor grants ') == len(codes)


def test_a_resource_counts_all_that_is_granted_of_it_also_what_is_not_shown(sign_in, ada, editor):
    page = sign_in(ada).get("/roles", q="document:update")

    assert "document 4 of 4 3 of 4 1 of 4 2 of 4 document:update" in page.text


def test_who_may_only_look_can_filter_too(sign_in, person):
    page = sign_in(person("iris", permissions=["role:read"])).get("/roles", resource="audit")

    assert codes_of(page) == ["audit:read"]
    assert "You need the permission role:update to change the matrix." in page.text


def test_the_filter_is_filled_in_and_each_part_of_it_can_be_taken_away(sign_in, ada, editor):
    page = sign_in(ada).get("/roles")
    page = page.submit(to="/roles", q="doc", resource="document", differ=True)

    for name, value in {"q": "doc", "resource": "document", "differ": "1"}.items():
        assert page.value(name) == [value, value], name
    for text, path in {
        "Text: doc": "/roles?resource=document&differ=1",
        "Resource: document": "/roles?q=doc&differ=1",
        "Roles other than admin differ": "/roles?q=doc&resource=document",
    }.items():
        assert text in page.text
        assert path in page.links
    assert page.link("Clear all") == "/roles"
    assert codes_of(page.browser.get("/roles?q=doc&differ=1")) == [
        *("document:create", "document:update")
    ]


@pytest.mark.parametrize(
    "query", [{"q": "nothing"}, {"q": "\0"}, {"q": "x" * 255}, {"resource": "gone"}]
)
def test_where_nothing_fits_the_way_back_is_shown(sign_in, ada, query):
    page = sign_in(ada).get("/roles", **query)

    assert page.status_code == 200
    assert "No permission matches these filters." in page.text
    assert page.link("Show all permissions") == "/roles"
    assert 'id="matrix"' not in page.html
    # Browsers read U+0000 as U+FFFD.
    assert page.value(next(iter(query))) == next(iter(query.values())).replace("\0", "\ufffd")


def test_a_filter_that_there_is_not_is_refused(sign_in, ada):
    page = sign_in(ada).get("/roles", differ="columns")

    assert page.status_code == 400
    assert "This filter does not exist." in page.text


def test_a_large_matrix_is_light_and_takes_four_statements(
    sign_in, ada, large, statements, record_property
):
    browser = sign_in(ada)

    with statements.at_most(4):
        page = browser.get("/roles")

    assert "department 46 0 people" in page.text
    assert len(re.findall(r'name="grants"', page.html)) == 49 * 200
    size = len(gzip.compress(page.html.encode(), 6))
    record_property("figure", f"A matrix of 50 x 200 takes {size / 1024:.0f} KB gzip")
    assert size <= 250 * 1024


def test_the_matrix_takes_as_many_statements_with_people_as_without(
    sign_in, session, ada, large, statements
):
    browser = sign_in(ada)
    crowd(session, session.scalars(select(Role).where(Role.name == "department 1")).one(), 400)

    with statements.at_most(4):
        page = browser.get("/roles")

    assert "department 1 400 people" in page.text


def test_a_filtered_matrix_takes_four_statements(sign_in, ada, large, statements):
    browser = sign_in(ada)

    with statements.at_most(4):
        page = browser.get("/roles", resource="area3", differ="1")

    assert len(re.findall(r'name="grants"', page.html)) == 49 * len(codes_of(page))
