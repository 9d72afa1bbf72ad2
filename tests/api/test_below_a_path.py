"""The API of a console below a path: the addresses that it answers can be asked."""

import pytest

PREFIX = "/console"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/users", {"username": "ida", "email": "ida@example.org"}),
        ("/roles", {"name": "helper"}),
        ("/settings", {"key": "colour", "data_type": "string", "value": "1"}),
        ("/relations", {"expression": "2 * chunk_overlap < chunk_size"}),
    ],
)
@pytest.mark.only_on("sqlite")
def test_what_was_created_is_found_where_the_answer_says(program, ada, path, body):
    api = program(ada)
    sent = {
        "base_url": f"http://localhost{PREFIX}",
        "headers": {"Authorization": f"Bearer {api.token}"},
    }

    created = api.client.post(f"/api/v1{path}", json=body, **sent)

    assert created.status_code == 201, created.text
    location = created.headers["Location"]
    assert location.startswith(f"{PREFIX}/api/v1{path}/")
    assert api.client.get(location.removeprefix(PREFIX), **sent).status_code == 200
