"""The attainable: the console's stack, Flask-SQLAlchemy and Flask-Login, and no more."""

import os
from typing import Any

from flask import Flask, redirect, render_template, request
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text
from werkzeug.wrappers import Response

app = Flask(__name__)
app.config.update(
    SECRET_KEY="bench-secret",
    SQLALCHEMY_DATABASE_URI=os.environ["BENCH_DSN"].replace("postgresql:", "postgresql+psycopg:"),
    SQLALCHEMY_ENGINE_OPTIONS={
        "pool_size": 5,
        "pool_reset_on_return": None,
        "isolation_level": "AUTOCOMMIT",
    },
)
db = SQLAlchemy(app)
login = LoginManager(app)

LIST = """
  SELECT u.id, u.username, u.email, u.full_name, u.is_active, u.is_verified,
    (SELECT string_agg(r.name, ', ' ORDER BY r.name) FROM user_roles ur
     JOIN roles r ON r.id = ur.role_id WHERE ur.user_id = u.id)
  FROM users u {} ORDER BY u.id LIMIT 51"""
FIRST = text(LIST.format(""))
AFTER = text(LIST.format("WHERE u.id > :after"))
FOUND = text(LIST.format("WHERE u.username ILIKE :like OR u.email ILIKE :like"))
ME = text("""
  SELECT u.username, array_agg(DISTINCT p.code) FROM users u
  LEFT JOIN user_roles ur ON ur.user_id = u.id
  LEFT JOIN role_permissions rp ON rp.role_id = ur.role_id
  LEFT JOIN permissions p ON p.id = rp.permission_id
  WHERE u.id = :id AND u.is_active GROUP BY u.id""")
SETTINGS = text("""
  SELECT id, key, value, data_type, description, is_mutable, category
  FROM application_settings ORDER BY key""")
PREPARED_AFTER = 5
PAGE = 50


class Me(UserMixin):
    """The signed-in user and their permissions."""

    def __init__(self, user_id: int, row: Any) -> None:
        self.id, self.name, self.codes = user_id, row[0], frozenset(row[1])


@login.user_loader
def load(user_id: str) -> Me | None:
    """Read who is asking, with all permissions, in one statement."""
    row = db.session.execute(ME, {"id": int(user_id)}).first()
    return Me(int(user_id), row) if row else None


@app.route("/login", methods=["GET", "POST"])
def sign_in() -> str | Response:
    """Let anybody in."""
    if request.method == "POST":
        login_user(load("1"))
        return redirect("/users")
    return render_template("baseline_login.html")


@app.get("/users")
@login_required
def users() -> str:
    """List users."""
    after, sought = request.args.get("after", type=int), request.args.get("q")
    if sought:
        found = _found(sought)
    elif after:
        found = db.session.execute(AFTER, {"after": after}).all()
    else:
        found = db.session.execute(FIRST).all()
    me = (current_user.name,)
    return render_template("baseline_list.html", rows=found[:PAGE], more=len(found) > PAGE, me=me)


@app.get("/settings")
@login_required
def settings() -> str:
    """List all settings."""
    rows = db.session.execute(SETTINGS).all()
    return render_template("baseline_settings.html", rows=rows, me=(current_user.name,))


def _found(sought: str) -> Any:
    with db.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        # A generic plan, which a prepared statement ends in, would not use the trigram index.
        driver.prepare_threshold = None
        rows = connection.execute(FOUND, {"like": f"%{sought}%"}).all()
        driver.prepare_threshold = PREPARED_AFTER
        return rows
