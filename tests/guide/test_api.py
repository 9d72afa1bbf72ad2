"""The requests that docs/api.md shows, sent in their order by a program with a token."""

import json
import re
import shlex
from string import Template

import pytest

from tests.guide.checkout import blocks
from tests.guide.installation import lines
from tests.support.api import Program
from tests.support.tokens import token_of

pytestmark = pytest.mark.only_on("sqlite")
# A request, whose answer may go through jq, into a variable or not.
REQUEST = re.compile(
    r"(?:(?P<variable>[A-Z]+)=\$\()?(?P<command>curl .+?)"
    r"(?: \| jq (?:-[rc] )?'(?P<filter>[^']+)')?\)?"
)


def test_every_request_of_the_document_succeeds(app, session, ada):
    api = Program(app.test_client(), token_of(session, ada))
    session.remove()
    commands = [line for block in blocks("docs/api.md", "sh") for line in lines(block)]
    requests = [REQUEST.fullmatch(command) for command in commands if "curl " in command]
    variables: dict[str, str] = {}

    assert len(requests) > 20
    for found in requests:
        words = shlex.split(found["command"])
        answer = sent(api, [Template(word).safe_substitute(variables) for word in words])
        assert answer.status_code < 400, f"{found['command']}: {answer.text}"
        if found["variable"]:
            part = part_of(answer.json, found["filter"])
            variables[found["variable"]] = part if isinstance(part, str) else json.dumps(part)


def part_of(content, path):
    """Return what jq would print for a path such as ``.items[0].id``."""
    for name in re.findall(r"\w+", path):
        content = content[int(name) if name.isdigit() else name]
    return content


def sent(api, words):
    """Send what curl would send with these words."""
    words = words[1:]
    method, body, headers = "GET", None, {}
    while len(words) > 1:
        option, value = words.pop(0), words.pop(0)
        if option == "-X":
            method = value
        elif option == "--json":
            body = json.loads(value)
            method = "POST" if method == "GET" else method
        elif option == "-H" and value != "$AUTH":
            name, _, text = value.partition(": ")
            headers[name.replace("-", "_")] = text
    return api.send(method, words[0].removeprefix("$API"), body, **headers)
