"""Paths: whatever a user, a role or a setting is named, its path is that of nothing else."""

import re
from collections import defaultdict

NAMED = {"named": "ada", "row": "1"}


def test_no_name_is_the_path_of_something_else(app):
    methods = defaultdict(set)
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api."):
            path = re.sub(r"<(\w+):\w+>", lambda found: NAMED[found[1]], rule.rule)
            methods[path] |= rule.methods
    adapter = app.url_map.bind("console.example")

    found = {path: set(adapter.allowed_methods(path)) for path in methods}

    assert len(found) > 30
    assert {path: found[path] - own for path, own in methods.items() if found[path] - own} == {}
