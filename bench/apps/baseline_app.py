"""The baseline: the least work that still yields the pages. No ORM, and two statements a page."""

import os
from typing import Any

from flask import Flask, abort, redirect, render_template, request, session
from psycopg_pool import ConnectionPool
from werkzeug.wrappers import Response

app = Flask(__name__)
app.secret_key = "bench-secret"
PAGE = 50
pools: list[ConnectionPool] = []

ME = """
  SELECT u.username, array_agg(DISTINCT p.code) FROM users u
  LEFT JOIN user_roles ur ON ur.user_id = u.id
  LEFT JOIN role_permissions rp ON rp.role_id = ur.role_id
  LEFT JOIN permissions p ON p.id = rp.permission_id
  WHERE u.id = %s AND u.is_active GROUP BY u.id"""
LIST = """
  SELECT u.id, u.username, u.email, u.full_name, u.is_active, u.is_verified,
    (SELECT string_agg(r.name, ', ' ORDER BY r.name) FROM user_roles ur
     JOIN roles r ON r.id = ur.role_id WHERE ur.user_id = u.id)
  FROM users u {} ORDER BY u.id LIMIT 51"""
USER = "SELECT id, username, email, full_name, bio FROM users WHERE id = %s"
ROLES = """
  SELECT r.id, r.name, ur.user_id IS NOT NULL FROM roles r
  LEFT JOIN user_roles ur ON ur.role_id = r.id AND ur.user_id = %s ORDER BY r.name"""
SET_ROLES = """
  WITH gone AS (DELETE FROM user_roles WHERE user_id = %s AND role_id <> ALL(%s))
  INSERT INTO user_roles SELECT %s, unnest(%s::int[]) ON CONFLICT DO NOTHING RETURNING 1"""
SETTINGS = """
  SELECT id, key, value, data_type, description, is_mutable, category
  FROM application_settings ORDER BY key"""
SETTING = "SELECT id, key, value FROM application_settings WHERE id = %s"
SET_SETTING = """
  UPDATE application_settings SET value = %s, updated_at = now() WHERE id = %s RETURNING 1"""


@app.route("/login", methods=["GET", "POST"])
def login() -> str | Response:
    """Let anybody in: what a password costs is no baseline's to say."""
    if request.method == "POST":
        session["user_id"] = 1
        return redirect("/users")
    return render_template("baseline_login.html")


@app.get("/users")
def users() -> str:
    """List users: one statement says who asks and what they may, one reads the page."""
    me = _me()
    after, sought = request.args.get("after", type=int), request.args.get("q")
    if sought:
        # A generic plan, which a prepared statement ends in, would not use the trigram index.
        like = f"%{sought}%"
        where = LIST.format("WHERE u.username ILIKE %s OR u.email ILIKE %s")
        found = _rows(where, like, like, prepare=False)
    elif after:
        found = _rows(LIST.format("WHERE u.id > %s"), after)
    else:
        found = _rows(LIST.format(""))
    return render_template("baseline_list.html", rows=found[:PAGE], more=len(found) > PAGE, me=me)


@app.route("/users/<int:user_id>", methods=["GET", "POST"])
def user(user_id: int) -> str | Response:
    """Show a user's roles in a form, and save them."""
    me = _me()
    if request.method == "POST":
        wanted = [int(role) for role in request.form.getlist("roles")]
        _rows(SET_ROLES, user_id, wanted, user_id, wanted)
        return redirect("/users")
    [row] = _rows(USER, user_id)
    return render_template("baseline_user.html", user=row, roles=_rows(ROLES, user_id), me=me)


@app.get("/settings")
def settings() -> str:
    """List all settings."""
    me = _me()
    return render_template("baseline_settings.html", rows=_rows(SETTINGS), me=me)


@app.route("/settings/<int:setting_id>", methods=["GET", "POST"])
def setting(setting_id: int) -> str | Response:
    """Show a setting in a form, and save it."""
    me = _me()
    if request.method == "POST":
        _rows(SET_SETTING, request.form["value"], setting_id)
        return redirect("/settings")
    [row] = _rows(SETTING, setting_id)
    return render_template("baseline_setting.html", setting=row, me=me)


def _me() -> Any:
    user_id = session.get("user_id")
    found = user_id and _rows(ME, user_id)
    if not found:
        abort(403)
    return found[0]


def _rows(sql: str, *values: Any, prepare: bool = True) -> list[Any]:
    if not pools:
        # When first asked, so that each worker has its own.
        options = {"autocommit": True}
        dsn = os.environ["BENCH_DSN"]
        pools.append(ConnectionPool(dsn, min_size=1, max_size=4, kwargs=options, open=True))
    with pools[0].connection() as connection:
        return connection.execute(sql, values, prepare=prepare).fetchall()
