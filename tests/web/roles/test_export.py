"""The matrix is exported."""

import csv as reader
import io

from sqlalchemy import select

from app.models import Permission, Role
from tests.support.contents import events


def rows_of(page):
    assert page.status_code == 200, page.text
    text = page.response.get_data().decode("utf-8-sig")
    return list(reader.DictReader(io.StringIO(text, newline=""), strict=True))


def test_the_matrix_is_a_table_of_yes_and_no(sign_in, ada, session):
    viewer = session.scalars(select(Role).where(Role.name == "viewer")).one()
    session.add(Permission(code="report:print", resource="report", action="print"))
    session.add(Role(name="=risky", permissions=list(viewer.permissions)))
    session.commit()

    rows = rows_of(sign_in(ada).submit("/roles/export", to="/roles/export"))

    by_code = {row["permission"]: row for row in rows}
    assert list(rows[0])[:2] == ["permission", "description"]
    assert by_code["document:read"]["viewer"] == by_code["document:read"]["'=risky"] == "yes"
    assert by_code["document:delete"]["viewer"] == "no"
    assert by_code["report:print"]["admin"] == "yes"


def test_the_page_of_the_matrix_says_how_much_it_is(sign_in, ada):
    page = sign_in(ada).get("/roles").link("Export…")

    assert "for each of the 3 roles" in sign_in(ada).get(page).text


def test_a_filtered_matrix_is_exported_as_it_is_shown(sign_in, ada, session):
    browser = sign_in(ada)
    path = browser.get("/roles?q=create&resource=document&differ=1").link("Export…")
    page = browser.get(path)

    rows = rows_of(page.submit(to="/roles/export"))

    assert "1 permission. The permissions that match the filter:" in page.text
    assert [row["permission"] for row in rows] == ["document:create"]
    wanted = {"q": "create", "resource": "document", "differ": "1"}
    assert events(session)[-1].after == {"filter": wanted}
    assert page.link("Back to the matrix") == "/roles?q=create&resource=document&differ=1"


def test_a_filter_of_the_matrix_that_is_none_exports_nothing(sign_in, ada, session):
    assert sign_in(ada).get("/roles/export?differ=x").status_code == 400
    assert sign_in(ada).post("/roles/export", differ="x").status_code == 400
    assert events(session) == []
