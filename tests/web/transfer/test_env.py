"""The page that imports values from a .env file."""

import pytest

from app.domain import settings

LINES = """# of the backend
export CHUNK_SIZE=777
LLM_API_KEY="hunter2-canary"
SOMETHING_ELSE=hunter3-canary
"""


def test_known_names_are_planned_and_saved_and_no_secret_is_shown(sign_in, ada, session):
    page = sign_in(ada).get("/transfer/env").submit(to="/transfer/env", pasted=LINES)

    assert "from 1000 to 777" in page.text
    assert "llm_api_key is a secret. Files bring none" in page.text
    assert "There is no setting named something_else" in page.text
    assert "canary" not in page.html
    done = page.submit("import-form", confirmed="1").follow()
    assert "Imported: 0 added, 1 changed." in done.text
    session.expire_all()
    assert settings.by_key(session, "chunk_size").value == "777"


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("CHUNK_SIZE=1\nchunk_size=2", "names chunk_size more than once"),
        ("CHUNK_SIZE=1\nCANARY", "Line 2 is not NAME=value"),
        ("# nothing", "The file is empty"),
    ],
)
def test_a_mistake_is_told_without_repeating_the_lines(sign_in, ada, lines, sentence):
    page = sign_in(ada).get("/transfer/env").submit(to="/transfer/env", pasted=lines)

    assert (page.status_code, sentence in page.text) == (422, True)
    assert page.value("pasted") == ""
