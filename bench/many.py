"""Ten thousand users at once: a role assigned to all whom a filter finds, and unassigned again."""

from typing import Any

from bench import forms, postgres
from bench.client import OK, Client, Unexpected
from bench.driving import sign_in, start
from bench.places import SIZES
from bench.targets import Target

FILTERED, PATH = "/users?role=bench_all", "/users/bulk"
ROLE = "bench_many"
ACTIONS = ("assign", "unassign")
MOST = 10_000
# One role to be found by, which ten thousand hold, and one to be given.
PREPARE = """
INSERT INTO roles (name) VALUES ('bench_all'), (:'role') ON CONFLICT DO NOTHING;
INSERT INTO user_roles (user_id, role_id)
  SELECT users.id, roles.id FROM users, roles
  WHERE roles.name = 'bench_all' AND users.id <= :most AND users.username NOT LIKE 'bench%'
  ON CONFLICT DO NOTHING;
"""
HOLDERS = """
SELECT count(*) FROM user_roles JOIN roles ON roles.id = role_id WHERE roles.name = :'role';
"""


def measure(target: Target, size: str) -> dict[str, Any]:
    """Change ten thousand users, or all where there are fewer, and back."""
    database, number = target.database(size), min(MOST, SIZES[size])
    postgres.query(PREPARE, database, role=ROLE, most=str(MOST))
    with start(target, database) as server:
        client = Client(target.port)
        sign_in(client, target)
        before = server.resident()
        found = {f"{action}_s": _change(client, action, number) for action in ACTIONS}
        after = server.resident()
    left = postgres.query(HOLDERS, database, role=ROLE)
    if left != "0":
        raise Unexpected(f"{left} users still hold the role")
    grown = max(after[pid] - before[pid] for pid in after)
    return found | {"users": number, "grown_mib": round(grown, 1)}


def _change(client: Client, action: str, number: int) -> float:
    """Review the change, carry it out, and return the seconds that carrying it out took."""
    form = client.form(FILTERED, "with_role", "ticked")
    body = form.filled({"scope": ["all"], "with_role": [ROLE]}, {"action": action})
    page = client.post(PATH, body).demand(OK)
    review = forms.find(page.text, "etag", "bulk-form")
    done = client.post(PATH, review.filled({}, {"confirmed": "1"})).demand(OK)
    if f"{number:,} of {number:,} changed" not in done.text:
        raise Unexpected(f"{action}: not all of them were changed: {done.text[:2000]}")
    return round(done.seconds, 1)
