"""The security of requests: those that are rejected, and the headers of responses."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes, urlsplit

import flask
from flask import Flask, Response, abort, current_app, request
from werkzeug.exceptions import BadRequest, Forbidden
from werkzeug.sansio.multipart import Data, Epilogue, Field, MultipartDecoder, NeedData

from app import config
from app.http.requests import request_id
from app.web.session.form_cookie import FormCookie

View = TypeVar("View", bound=Callable[..., Any])

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # no-referrer would take the Origin of forms away.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
MANY_FIELDS = 20_000
LARGE_FORM = 24 * 1024 * 1024  # a file of 8 MiB, with each of its bytes escaped
OWN_SITES = frozenset({"same-origin", "none"})
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class ForeignForm(Forbidden):
    """A form that was not sent by a page of the console at its own address."""

    @property
    def sentence(self) -> str:
        """The reason, with the address that would have been right."""
        own = config.current().origin
        where = f"Open the console at {own}." if own else "CONSOLE_BASE_URL is not set."
        return f"This form was sent from another site, so it was not looked at. {where}"


class NotUtf8(BadRequest):
    """A form with bytes that are not UTF-8: reading them would change them."""

    sentence = "What was sent is not valid UTF-8, so nothing was saved."


class Request(flask.Request):
    """A request whose query, cookies and host can be read, whatever was sent.

    Attributes:
        is_query_utf8: Whether the query was sent in UTF-8.

    Werkzeug raises UnicodeDecodeError where bytes that are no UTF-8 are first looked at, and
    nothing has an address, error pages neither, where the host is no host.
    """

    def __init__(self, environ: dict[str, Any], **options: Any) -> None:
        if not _is_host(environ.get("HTTP_HOST", "")):
            environ["HTTP_HOST"] = "host.invalid"
        query = environ.get("QUERY_STRING", "").encode("latin-1")
        self.is_query_utf8 = _is_utf8(unquote_to_bytes(query))
        for name in {"QUERY_STRING", "HTTP_COOKIE"} & environ.keys():
            # PEP 3333: the environment holds bytes as characters of latin-1.
            sent = environ[name].encode("latin-1").decode(errors="replace")
            environ[name] = sent.encode().decode("latin-1")
        super().__init__(environ, **options)


def register(app: Flask) -> None:
    """Add the headers, the request's id, the cookie of forms, and the checks of what is sent."""
    app.request_class = Request
    app.session_interface = FormCookie()
    app.before_request(_check_form)
    app.after_request(_add_headers)


def many_fields(view: View) -> View:
    """Let the forms of the view have as many fields as a review of everything needs."""
    view.most_fields = MANY_FIELDS  # type: ignore[attr-defined]
    return view


def large_form(view: View) -> View:
    """Let the form of the view be as long as a file that is uploaded or pasted."""
    vars(view)["most_bytes"] = LARGE_FORM
    return view


def is_from_console() -> bool:
    """Tell whether the browser says that a page of the console sent the form."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    return site in OWN_SITES or (origin is not None and _is_own(origin))


def _check_form() -> None:
    """Refuse what the console's own pages never send; pages are asked for without a form."""
    if request.method not in SAFE_METHODS:
        _refuse_foreign()
        _refuse_countless()
        _refuse_other_encodings()


def _refuse_foreign() -> None:
    """Refuse a form that another site sent (Fetch Metadata, and RFC 6454 Origin)."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    if site not in OWN_SITES or (origin and not _is_own(origin)):
        raise ForeignForm


def _refuse_countless() -> None:
    """Refuse a form with too many fields.

    Werkzeug counts the fields of multipart forms only.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = getattr(view, "most_bytes", request.max_content_length)
    request.max_form_memory_size = getattr(view, "most_bytes", request.max_form_memory_size)
    most = request.max_form_parts = getattr(view, "most_fields", request.max_form_parts)
    if most is not None and request.mimetype == FORM:
        sent = request.get_data(cache=True, parse_form_data=False)
        if sent.count(b"&") + 1 > most:
            abort(413)


def _refuse_other_encodings() -> None:
    """Refuse a form that is not UTF-8: Werkzeug would take its bytes for escapes, or for U+FFFD."""
    if request.mimetype == FORM:
        sent = request.get_data(cache=True, parse_form_data=False)
        is_utf8 = _is_utf8(unquote_to_bytes(sent))
    else:
        is_utf8 = request.mimetype != PARTS or _are_parts_utf8()
    if not is_utf8:
        raise NotUtf8


def _are_parts_utf8() -> bool:
    sent = request.get_data(cache=True, parse_form_data=False)
    texts = "".join(text for _, text in request.form.items(multi=True))
    # The character that Werkzeug puts in the place of other bytes, unless it was sent.
    replaced = texts.count(REPLACEMENT)
    return not replaced or replaced == _texts_of(sent).count(REPLACEMENT.encode())


def _texts_of(sent: bytes) -> bytes:
    """Return the bytes of all parts that are no files."""
    decoder = MultipartDecoder(request.mimetype_params["boundary"].encode())
    decoder.receive_data(sent)
    decoder.receive_data(None)
    texts, is_text = b"", False
    while not isinstance(event := decoder.next_event(), Epilogue | NeedData):
        if isinstance(event, Data):
            texts += event.data if is_text else b""
        else:
            is_text = isinstance(event, Field)
    return texts


def _is_utf8(sent: bytes) -> bool:
    try:
        sent.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_own(origin: str) -> bool:
    configuration = config.current()
    if configuration.origin and origin == configuration.origin:
        return True
    return configuration.is_development and _host_of(origin) in LOCAL_HOSTS


def _is_host(text: str) -> bool:
    try:
        text.encode("idna")
    except UnicodeError:
        return False
    return True


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).hostname
    except ValueError:
        return None


def _add_headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    response.headers["X-Request-Id"] = request_id()
    if request.endpoint != "static" or response.status_code >= HTTPStatus.BAD_REQUEST:
        response.headers["Cache-Control"] = "no-store"
    elif "v" not in request.args:
        # Only the address of `asset` changes with the content; style sheets name others plainly.
        response.headers["Cache-Control"] = "no-cache"
    if not config.current().is_development:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
