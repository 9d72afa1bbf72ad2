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
# A request, or a variable that gets the first id of its answer.
REQUEST = re.compile(
    r"(?:(?P<variable>[A-Z]+)=\$\()?(?P<command>curl (?:(?! \|).)+)(?: \| jq '\.items\[0\]\.id'\))?"
)


def test_every_request_of_the_document_succeeds(app, session, ada):
    api = Program(app.test_client(), token_of(session, ada))
    session.remove()
    commands = [line for block in blocks("docs/api.md", "sh") for line in lines(block)]
    requests = [found for found in map(REQUEST.fullmatch, commands) if found]
    variables: dict[str, str] = {}

    assert len(requests) > 20
    for found in requests:
        command = Template(found["command"]).safe_substitute(variables)
        answer = sent(api, command)
        assert answer.status_code < 400, f"{command}: {answer.text}"
        if found["variable"]:
            variables[found["variable"]] = answer.json["items"][0]["id"]


def sent(api, command):
    """Send what curl would send."""
    words = shlex.split(command)[1:]
    method, body, headers = "GET", None, {}
    while len(words) > 1:
        option, value = words.pop(0), words.pop(0)
        if option == "-X":
            method = value
        elif option == "--json":
            body = json.loads(value)
            method = "POST" if method == "GET" else method
        elif value != "$AUTH":
            name, _, text = value.partition(": ")
            headers[name.replace("-", "_")] = text
    return api.send(method, words[0].removeprefix("$API"), body, **headers)
