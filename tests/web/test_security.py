"""What every response carries, and which requests are refused before anything else."""

import re

import pytest
from sqlalchemy import func, select

from app import create_app
from app.domain.authentication import one_time_links
from app.extensions import db
from app.models import AuditEvent
from tests.support import contents
from tests.support.browsing import ORIGIN, Browser
from tests.support.people import PASSWORD

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
A_YEAR = "Expires=.+; Max-Age=31536000"
ANSWERS = [
    ("GET", "/login", 200),
    ("GET", "/", 303),
    ("GET", "/nowhere", 404),
    ("GET", "/setup/nothing", 404),
    ("GET", "/users/0", 404),
    ("GET", "/healthz", 200),
    ("GET", "/readyz", 200),
    ("GET", "/static/app.css", 200),
    ("GET", "/static/nothing.css", 404),
    ("GET", "/static/%00", 404),
    ("GET", "/static/../wsgi.py", 404),
    ("HEAD", "/login", 200),
    ("OPTIONS", "/login", 200),
    ("POST", "/login", 400),
    ("POST", "/", 405),
    ("PUT", "/login", 405),
    ("DELETE", "/account", 405),
    ("TRACE", "/login", 405),
    ("BREW", "/login", 405),
]
FORM = "application/x-www-form-urlencoded"
BASE = "https://console.example"
ORIGINS = [
    ({}, 303),
    ({"Sec-Fetch-Site": "same-origin"}, 303),
    ({"Sec-Fetch-Site": "none"}, 303),
    ({"Sec-Fetch-Site": "same-site"}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"Sec-Fetch-Site": "nonsense"}, 403),
    ({"Origin": BASE}, 303),
    ({"Origin": "null"}, 403),
    ({"Origin": "http://console.example"}, 403),
    ({"Origin": "https://console.example:8443"}, 403),
    ({"Origin": "https://console.example.evil.test"}, 403),
    ({"Origin": "https://evil.test"}, 403),
    ({"Origin": "https://user@console.example"}, 403),
    ({"Origin": "https://[::1"}, 403),
    ({"Origin": "http://localhost"}, 403),
    ({"Origin": "\xff"}, 403),
    ({"Origin": BASE, "Sec-Fetch-Site": "cross-site"}, 403),
    ({"Origin": "https://evil.test", "Sec-Fetch-Site": "same-origin"}, 403),
]
HOSTS = ["evil.test", "evil.test:99999", "a b", "", "[", "localhost\\@evil.test", "x" * 300, "\xff"]


@pytest.fixture
def production(database):
    environ = {"CONSOLE_ENV": "production", "CONSOLE_BASE_URL": BASE}
    console = create_app(database.environ | environ)
    yield Browser(console.test_client())
    with console.app_context():
        db.engine.dispose()


def sign_in_form(browser):
    return {
        "username": "vera",
        "password": PASSWORD,
        "csrf_token": browser.get("/login").value("csrf_token"),
    }


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_carries_the_headers(visitor, method, path, status):
    answer = visitor.open(path, method)
    answer.response.close()

    assert answer.status_code == status
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in answer.headers
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")]
    assert not re.search(r"(?i)werkzeug|python|flask", answer.headers.get("Server", ""))


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_only_files_may_be_kept(visitor, method, path, status):
    answer = visitor.open(path, method)
    answer.response.close()

    is_file = path.startswith("/static") and status == 200
    assert answer.headers["Cache-Control"] == ("no-cache" if is_file else "no-store")


@pytest.mark.only_on("sqlite")
def test_a_file_whose_address_tells_its_content_is_kept_for_a_year(visitor):
    [address] = re.findall(r'href="(/static/app\.css\?v=\w+)"', visitor.get("/login").html)
    answer = visitor.get(address)
    answer.response.close()

    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert answer.headers.getlist("Set-Cookie") == []


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("path", ["/", "/nowhere", "/healthz", "/readyz", "/setup/x", "/reset/x"])
def test_a_visitor_gets_no_cookie_without_need(visitor, path):
    assert visitor.get(path).headers.getlist("Set-Cookie") == []


def test_pages_are_not_kept_either(sign_in, ada):
    browser = sign_in(ada)

    for path in ("/", "/account", "/settings", "/users", "/roles", "/nowhere"):
        assert browser.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.only_on("sqlite")
def test_cookies_in_development_go_over_plain_http(visitor, vera):
    form = visitor.get("/login")
    answer = form.submit(username="vera", password=PASSWORD)

    [signed] = form.headers.getlist("Set-Cookie")
    session, device = sorted(answer.headers.getlist("Set-Cookie"))
    assert re.fullmatch(r"form-[0-9a-f]{8}=\S+; HttpOnly; Path=/; SameSite=Lax", signed)
    assert re.fullmatch(r"console-[0-9a-f]{8}=\S{43}; HttpOnly; Path=/; SameSite=Lax", session)
    assert re.fullmatch(
        rf"device-[0-9a-f]{{8}}=.+; {A_YEAR}; HttpOnly; Path=/; SameSite=Lax", device
    )


@pytest.mark.only_on("sqlite")
def test_cookies_in_production_belong_to_the_host_and_go_over_https(production, vera):
    form = production.get("/login")
    data = {"username": "vera", "password": PASSWORD, "csrf_token": form.value("csrf_token")}
    answer = production.open("/login", "POST", data=data)
    themed = production.open(
        "/account/theme",
        "POST",
        data={"theme": "dark", "csrf_token": production.get("/").value("csrf_token")[0]},
    )

    [signed] = form.headers.getlist("Set-Cookie")
    session, device = sorted(answer.headers.getlist("Set-Cookie"))
    [theme] = themed.headers.getlist("Set-Cookie")
    assert re.fullmatch(
        r"__Host-form-[0-9a-f]{8}=\S+; Secure; HttpOnly; Path=/; SameSite=Lax", signed
    )
    assert re.fullmatch(
        r"__Host-console-[0-9a-f]{8}=\S{43}; Secure; HttpOnly; Path=/; SameSite=Lax", session
    )
    assert re.fullmatch(
        rf"__Host-device-[0-9a-f]{{8}}=.+; {A_YEAR}; Secure; HttpOnly; Path=/; SameSite=Lax", device
    )
    assert re.search(
        r"__Host-theme-[0-9a-f]{8}=dark; .*; Secure; HttpOnly; Path=/; SameSite=Lax", theme
    )


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("path", ["/login", "/nowhere", "/static/app.css"])
def test_production_stays_with_https(production, path):
    answer = production.get(path)
    answer.response.close()

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(("headers", "status"), ORIGINS)
def test_a_form_must_come_from_the_console(production, vera, headers, status):
    answer = production.open("/login", "POST", data=sign_in_form(production), headers=headers)

    assert answer.status_code == status


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost", 422),
        ("http://localhost:4711", 422),
        ("http://127.0.0.1:8000", 422),
        ("http://[::1]:8000", 422),
        ("http://evil.test", 403),
        ("http://localhost.evil.test", 403),
        ("http://evil.test:8000@localhost.evil.test", 403),
    ],
)
def test_in_development_this_machine_is_the_console_at_any_port(visitor, origin, status):
    data = sign_in_form(visitor) | {"password": ""}

    answer = visitor.open("/login", "POST", data=data, headers={"Origin": origin})

    assert answer.status_code == status


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("path", ["/logout", "/account/password", "/account/theme", "/login"])
@pytest.mark.parametrize("token", [None, "", "x", "a.b.c", "another's"])
def test_a_form_needs_the_token_of_its_browser(sign_in, visitor, vera, session, path, token):
    browser = sign_in(vera)
    token = visitor.csrf_token() if token == "another's" else token
    fields = {"username": "vera", "password": PASSWORD, "theme": "dark"}
    data = fields | ({} if token is None else {"csrf_token": token})

    answer = browser.open(path, "POST", data=data)

    assert answer.status_code == 400
    assert "This form has expired" in answer.text
    assert browser.get("/account").status_code == 200
    assert session.scalar(select(func.count(AuditEvent.id))) == 0


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("host", HOSTS)
def test_the_host_that_a_browser_names_is_in_no_link(visitor, host):
    headers = {"Host": host, "X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "gopher"}

    page = visitor.open("/login", headers=headers)
    asked = visitor.open("/account", headers=headers)

    assert page.status_code == 200
    assert "evil.test" not in page.html
    assert all(link.startswith("/") for link in page.links)
    assert asked.headers["Location"] == "/login?next=/account"


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "localhost:4711"},
        {"X-Forwarded-Host": "evil.test"},
        {"Forwarded": "host=evil.test"},
    ],
)
def test_one_time_links_name_the_configured_address(sign_in, ada, headers):
    browser = sign_in(ada)
    names = {"username": "nora", "email": "nora@example.org"}
    data = names | {"csrf_token": browser.csrf_token()}

    page = browser.open("/users/new", "POST", data=data, headers=headers)

    assert re.search(r"http://127\.0\.0\.1:8000/reset/[\w-]{43}", page.html)
    assert not re.search("evil|4711", page.html)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    "query", ["a=\xff", "\xff", "next=\xc3\x28", "%00", "q=%ED%A0%80", "&&&", "=", "%"]
)
@pytest.mark.parametrize("path", ["/", "/login", "/account", "/account/theme", "/logout"])
def test_a_query_of_odd_bytes_breaks_no_page(sign_in, vera, path, query):
    answer = sign_in(vera).open(path, environ_overrides={"QUERY_STRING": query})

    assert answer.status_code in {200, 303}


@pytest.mark.parametrize(
    "path",
    ["/\0", "/%00", "/account%00", "/%FF", "/%ED%A0%80", "/account/%2e%2e", "/" + "x" * 9000],
)
def test_a_path_of_odd_bytes_is_no_page(sign_in, vera, path):
    assert sign_in(vera).get(path).status_code == 404


@pytest.mark.only_on("sqlite")
def test_a_form_from_elsewhere_is_told_where_the_console_is(visitor, app):
    form = visitor.get("/login")
    data = {"csrf_token": form.value("csrf_token"), "username": "vera", "password": PASSWORD}
    answer = visitor.open("/login", "POST", data=data, headers={"Origin": "http://elsewhere.test"})

    assert answer.status_code == 403
    assert "This form was sent from another site, so it was not looked at." in answer.text
    assert f"Open the console at {app.config['CONSOLE'].origin}." in answer.text


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(("fields", "status"), [(1000, 400), (1001, 413), (200_000, 413)])
def test_a_form_has_at_most_a_thousand_fields(visitor, fields, status):
    body = "&".join("a" for _ in range(fields))

    assert visitor.open("/login", "POST", data=body, content_type=FORM).status_code == status


@pytest.mark.only_on("sqlite")
def test_a_form_in_parts_has_at_most_a_thousand_too(visitor):
    parts = "".join(
        f'--x\r\nContent-Disposition: form-data; name="a{number}"\r\n\r\n1\r\n'
        for number in range(1001)
    )
    kind = "multipart/form-data; boundary=x"

    answer = visitor.open("/login", "POST", data=f"{parts}--x--\r\n", content_type=kind)

    assert answer.status_code == 413
    assert "Too much data" in answer.text


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("sent", ["%ED%A0%80", "%FF", "a%C3"])
def test_a_form_that_is_not_utf_8_is_not_taken_for_another(sign_in, vera, sent):
    browser = sign_in(vera)
    body = f"csrf_token={browser.csrf_token()}&theme={sent}"

    answer = browser.open(
        "/account/theme",
        "POST",
        data=body,
        content_type="application/x-www-form-urlencoded",
        headers={"Origin": "http://localhost"},
    )

    assert answer.status_code == 400
    assert "What was sent is not valid UTF-8" in answer.text


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("sent", "status"), [(b"\xff", 400), (b"a\xc3", 400), ("\ufffd".encode(), 422)]
)
def test_a_form_in_parts_that_is_not_utf_8_is_not_taken_for_another(sign_in, ada, sent, status):
    browser = sign_in(ada)
    fields = {"csrf_token": browser.csrf_token().encode(), "text": sent}
    head = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    body = b"".join(head % (name.encode(), text) for name, text in fields.items()) + b"--x--\r\n"

    kind = "multipart/form-data; boundary=x"
    answer = browser.open(
        "/transfer/import", "POST", data=body, content_type=kind, headers={"Origin": ORIGIN}
    )

    assert answer.status_code == status
    assert ("What was sent is not valid UTF-8" in answer.text) == (status == 400)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(("size", "status"), [(2**20, 400), (2**20 + 1, 413)])
@pytest.mark.parametrize("kind", [FORM, "application/json", "multipart/form-data; boundary=x"])
def test_a_form_takes_at_most_a_mebibyte(visitor, size, status, kind):
    answer = visitor.open("/login", "POST", data=b"a" * size, content_type=kind)

    # A body that nothing reads does no harm.
    assert answer.status_code in ({status} if kind == FORM else {status, 400})


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe=\xff", FORM),
        (b"\0", FORM),
        (b"username=%ED%A0%80", FORM),
        (b"x", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary=\xfc"),
        (b"{", "application/json"),
        (b"x", "text/plain"),
        (b"x", "\xff"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(visitor, body, kind):
    assert visitor.open("/login", "POST", data=body, content_type=kind).status_code == 400


def test_looking_changes_nothing(sign_in, visitor, ada, omar, session):
    token = one_time_links.issue(session, one_time_links.Purpose.RESET, user_id=omar.id)
    browser = sign_in(ada)
    before = contents.digests(db.engine)

    for path in ("/", "/account", "/account/password", "/account/sessions", "/account/theme"):
        assert browser.get(path).status_code == 200
    for path in ("/logout", "/login", f"/reset/{token}", "/setup/x", "/nowhere"):
        browser.get(path)
        visitor.get(path)

    assert contents.digests(db.engine) == before
