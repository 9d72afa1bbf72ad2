"""What `make trust OPTIONS=guards` takes away: guards of each kind are found, and nothing else."""

import pytest

from tools.trust import finding_guards

ACCESS = "__import__('app.web.access', fromlist=['access'])."
FILES = {
    "web/roles/edit.py": (
        "@requires(read=A, change=B)\n@sensitive\ndef edit(): pass\n",
        {
            "access": [
                f"@{ACCESS}signed_in\n@sensitive\ndef edit(): pass\n",
                "@requires(read=A, change=B)\n@(lambda view: view)\ndef edit(): pass\n",
            ]
        },
    ),
    "web/sections.py": ("csrf.init_app(app)\n", {"registration": ["pass\n"]}),
    "domain/locks.py": (
        "q = ask().with_for_update().limit(1)\nlock(session)\nget(with_for_update=True)\n",
        {
            "lock": [
                "q = ask().limit(1)\nlock(session)\nget(with_for_update=True)\n",
                "q = ask().with_for_update().limit(1)\npass\nget(with_for_update=True)\n",
                "q = ask().with_for_update().limit(1)\nlock(session)\nget(with_for_update=False)\n",
            ]
        },
    ),
    "web/widgets.py": ("é = escape(é)\n", {"escape": ["é = str(é)\n"]}),
    "domain/names.py": (
        "if not name:\n    raise InvalidValue('Type one.')\nraise AssertionError('never')\n",
        {"refusal": ["if not name:\n    pass\nraise AssertionError('never')\n"]},
    ),
    "domain/plain.py": ("text = re.escape(text)\n", {}),
}


@pytest.mark.parametrize("path", FILES)
def test_each_guard_is_found_and_taken_away_alone(tmp_path, path):
    source, expected = FILES[path]
    file = tmp_path / "app" / path
    file.parent.mkdir(parents=True)
    file.write_text(source, encoding="utf-8")

    found = {}
    for guard in finding_guards.find(tmp_path):
        left = guard.without(file.read_bytes()).decode()
        found.setdefault(guard.kind, []).append(left)

    assert {kind: sorted(left) for kind, left in found.items()} == {
        kind: sorted(left) for kind, left in expected.items()
    }
