"""The style sheet: ``static/app.css`` with the files that it imports, sent as one."""

import hashlib
import re
from functools import cache
from pathlib import Path

from flask import Response, request

NAME = "app.css"
_STATIC = Path(__file__).parents[3] / "static"
_IMPORT = re.compile(r'@import "([^"]+)" layer\((\w+)\);')
# Comments and white space are for those who read the sources. None of these is inside a string.
_LEFT_OUT = re.compile(r"/\*.*?\*/\s*|^\s+|(?<=[,;{}])\n\s*", re.DOTALL | re.MULTILINE)


@cache
def content() -> bytes:
    """Return the style sheet, each import replaced by a layer with the text of the file."""
    table_of_contents = (_STATIC / NAME).read_text(encoding="utf-8")
    return _IMPORT.sub(_layer, _LEFT_OUT.sub("", table_of_contents)).encode()


def response(max_age: int | None) -> Response:
    """Answer the request for the style sheet."""
    answer = Response(content(), mimetype="text/css")
    answer.set_etag(hashlib.sha256(content()).hexdigest()[:10])
    answer.cache_control.max_age = max_age
    answer.make_conditional(request)
    return answer


def _layer(found: re.Match[str]) -> str:
    path, layer = found.groups()
    text = (_STATIC / path).read_text(encoding="utf-8")
    # Relative to the style sheet that is sent, which is beside the images.
    rules = _LEFT_OUT.sub("", text).replace("../", "")
    return f"@layer {layer} {{\n{rules}}}\n"
