"""Roles and what they grant, as a matrix for those who may only look."""

import re

import pytest
from sqlalchemy import select

from app.models import Permission, Role


@pytest.fixture
def auditor(session):
    granted = session.scalars(select(Permission).where(Permission.code == "audit:read")).all()
    role = Role(name="auditor", description="Reads & <checks>.", permissions=list(granted))
    session.add(role)
    session.commit()
    return role


def test_every_cell_says_which_role_grants_what(sign_in, iris, auditor):
    page = sign_in(iris).get("/roles")

    cells = re.findall(r'<td><span class="(\w+)"\s+role="img"\s+aria-label="([^"]+)">', page.html)
    said = dict(reversed(cell) for cell in cells)
    assert said["viewer grants document:read"] == "grants"
    assert said["viewer does not grant document:create"] == "lacks"
    assert said["auditor grants audit:read"] == "grants"
    assert said["admin always grants audit:read"] == "always"


def test_admin_grants_also_what_nobody_has_granted_it(sign_in, session, iris):
    session.add(Permission(code="report:print", resource="report", action="print"))

    page = sign_in(iris).get("/roles")

    assert "admin always grants report:print" in page.html
    assert "viewer does not grant report:print" in page.html
    assert "report 1 of 1 0 of 1 0 of 1" in page.text


def test_permissions_stand_with_their_resource(sign_in, iris, auditor):
    page = sign_in(iris).get("/roles")

    assert re.search(r"document 4 of 4 3 of 4 1 of 4 0 of 4 0 of 4 document:create", page.text)
    assert re.search(r"audit 1 of 1 0 of 1 0 of 1 1 of 1 0 of 1 audit:read", page.text)


def test_one_link_leads_to_each_resource(sign_in, session, iris):
    session.add(Permission(code="report:print", resource="report", action="print"))
    page = sign_in(iris).get("/roles")

    to = page.link("report").removeprefix("#")
    assert re.search(rf'id="{to}">\s*<th scope="rowgroup">report<', page.html)


def test_roles_are_described(sign_in, iris, auditor):
    page = sign_in(iris).get("/roles")

    assert re.search(r"auditor Reads & <checks>\. 1 of \d+ permissions", page.text)
    assert re.search(r"viewer system role Reads documents\.", page.text)


def test_the_matrix_can_be_reached_by_keyboard_and_has_a_name(sign_in, iris):
    page = sign_in(iris).get("/roles")

    region = re.search(r'<div class="matrix-scroll"[^>]*>', page.html)[0]
    assert 'tabindex="0"' in region
    assert 'role="region"' in region
    assert "aria-label=" in region


def test_the_matrix_offers_nothing_to_change(sign_in, iris):
    page = sign_in(iris).get("/roles")

    main = page.html.partition("<main")[2]
    assert 'name="grants"' not in main
    assert 'method="post"' not in main
    assert re.findall(r"<button[^>]*>([^<]+)", main) == ["Apply"]


def test_the_matrix_leads_to_roles_and_permissions(sign_in, session, iris, auditor):
    page = sign_in(iris).get("/roles")

    assert page.link("auditor") == f"/roles/{auditor.id}"
    assert page.link("audit:read") == "/permissions/audit:read"


def test_the_matrix_needs_its_permission(sign_in, iris, vera):
    assert sign_in(vera).get("/roles").status_code == 403
    assert sign_in(iris).get("/roles").status_code == 200


def test_nothing_is_sent_to_the_matrix(sign_in, ada):
    assert sign_in(ada).post("/roles").status_code == 405


def test_the_matrix_takes_four_statements(sign_in, session, iris, statements):
    every = list(session.scalars(select(Permission)))
    session.add_all(Role(name=f"role{number}", permissions=every) for number in range(30))
    browser = sign_in(iris)

    with statements.at_most(4):
        assert browser.get("/roles").status_code == 200


def test_selected_roles_are_the_columns_and_stay_in_the_url(sign_in, session, ada):
    session.add_all(Role(name=f"team {number:02}") for number in range(20))
    session.commit()
    ids = [session.scalar(select(Role.id).where(Role.name == f"team {n:02}")) for n in (3, 11)]
    browser = sign_in(ada)

    page = browser.get(f"/roles?roles={ids[0]}&roles={ids[1]}&resource=role")

    heads = re.findall(r'<a href="/roles/\d+">([^<]+)</a>', page.html.partition("<tbody")[0])
    assert heads == ["team 03", "team 11"]
    assert "Selected roles: team 03 and team 11" in page.text
    assert f"roles={ids[0]}%2C{ids[1]}" in page.html
    assert "2 roles selected" in page.text


def test_selected_roles_may_be_gone(sign_in, ada):
    page = sign_in(ada).get("/roles?roles=999999,x")

    assert page.status_code == 200
    assert "No role matches" in page.text
