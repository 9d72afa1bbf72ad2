"""Redirects, to pages of the console only."""

import re
from urllib.parse import urlsplit

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

# Printable ASCII, one leading slash, no second one and no backslash: browsers read both as a host.
_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")
LONGEST = 2000


def safe(target: str | None) -> str:
    """Return ``target`` if it is the path of one of our pages, else the path of the overview."""
    return target if target and is_ours(target) else url_for("home.overview")


def is_ours(target: str) -> bool:
    """Tell whether ``target`` is a path, with or without a query, that leads to a page of ours."""
    if len(target) > LONGEST or not _PATH.fullmatch(target):
        return False
    try:
        path = urlsplit(target).path
        if not path.startswith(f"{request.script_root}/"):
            return False
        path = path.removeprefix(request.script_root)
        endpoint, _ = current_app.url_map.bind("").match(path, method="GET")
    except (HTTPException, RequestRedirect, ValueError):
        return False
    return bool(endpoint != "static")
