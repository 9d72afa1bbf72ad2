"""Request lines: the log has one for each request, written when its answer is ready."""

import logging
import re
import time

from flask import Flask, Response, g, request

from app.http.requests import client_address, request_id

log = logging.getLogger(__name__)
# Of a path that leads nowhere: what follows the first word of a one-time link, and what is as long
# as its token.
_SECRETS = re.compile(r"(?i)(?<=^/setup/).+|(?<=^/reset/).+|[\w-]{32,}", re.DOTALL)


def register(app: Flask) -> None:
    """Write a line for each request."""
    app.before_request(_note_start)
    app.after_request(_tell_later)


def _note_start() -> None:
    g.started_at = time.perf_counter()
    request_id()  # From here on every line names it.


def _tell_later(response: Response) -> Response:
    if not log.isEnabledFor(logging.INFO):
        return response
    # An answer may be made after the request has ended, such as an export.
    started_at, me = g.get("started_at", time.perf_counter()), g.get("me")
    caller = g.get("caller")  # The owner of a token.
    fields = {
        "request_id": request_id(),
        "method": request.method,
        "path": _path(),
        "endpoint": request.endpoint,
        "status": response.status_code,
        "address": client_address(),
        "user_id": me.id if me else caller and caller.user_id,
    }

    def tell() -> None:
        milliseconds = round((time.perf_counter() - started_at) * 1000, 1)
        log.info("request", extra={**fields, "ms": milliseconds})

    if response.is_streamed:
        response.call_on_close(tell)
    else:
        # A server that stops ends its threads once the last answer has been sent.
        tell()
    return response


def _path() -> str:
    """Return the path without the token of a one-time link, and without the query."""
    rule = request.url_rule
    if rule is not None and "token" in rule.arguments:
        return rule.rule
    return _SECRETS.sub("...", request.path)
