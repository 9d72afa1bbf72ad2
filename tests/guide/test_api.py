"""The requests that docs/api.md shows, sent in their order by a program with a token."""

import json
import shlex

import pytest

from tests.guide.checkout import blocks
from tests.guide.installation import lines
from tests.support.api import Program
from tests.support.tokens import token_of

pytestmark = pytest.mark.only_on("sqlite")


def test_every_request_of_the_document_succeeds(app, session, ada):
    api = Program(app.test_client(), token_of(session, ada))
    session.remove()
    commands = [line for block in blocks("docs/api.md", "sh") for line in lines(block)]
    requests = [command for command in commands if command.startswith("curl ")]

    assert len(requests) > 20
    for command in requests:
        answer = sent(api, command)
        assert answer.status_code < 400, f"{command}: {answer.text}"


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
