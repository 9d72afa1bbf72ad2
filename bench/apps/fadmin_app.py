"""A peer: Flask-Admin with Flask-Login, on the backend's tables as they are."""

import os
from typing import Any

from flask import Flask, redirect, render_template_string, request, url_for
from flask_admin import Admin, AdminIndexView
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import SecureForm
from flask_admin.theme import Bootstrap4Theme
from flask_login import LoginManager, UserMixin, current_user, login_user
from flask_sqlalchemy import SQLAlchemy
from werkzeug.security import check_password_hash
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField

app = Flask(__name__)
app.config.update(
    SECRET_KEY="bench-secret",
    SQLALCHEMY_DATABASE_URI=os.environ["BENCH_DSN"].replace("postgresql:", "postgresql+psycopg:"),
    SQLALCHEMY_ENGINE_OPTIONS={"pool_size": 5},
)
db = SQLAlchemy(app)
login = LoginManager(app)
login.login_view = "sign_in"

SIGN_IN = """<!doctype html><title>Sign in</title><form method="post">{{ form.csrf_token }}
{{ form.username.label }}{{ form.username }}{{ form.password.label }}{{ form.password }}
<button>Sign in</button></form>"""

user_roles = db.Table(
    "user_roles",
    db.Column("user_id", db.ForeignKey("users.id"), primary_key=True),
    db.Column("role_id", db.ForeignKey("roles.id"), primary_key=True),
)
role_permissions = db.Table(
    "role_permissions",
    db.Column("role_id", db.ForeignKey("roles.id"), primary_key=True),
    db.Column("permission_id", db.ForeignKey("permissions.id"), primary_key=True),
)


class Permission(db.Model):
    """A single thing that may be allowed."""

    __tablename__ = "permissions"

    id = db.Column(db.Integer, primary_key=True)
    code = db.Column(db.String(255), unique=True, nullable=False)
    description = db.Column(db.Text)
    resource = db.Column(db.String(100), nullable=False)
    action = db.Column(db.String(100), nullable=False)

    def __str__(self) -> str:
        return str(self.code)


class Role(db.Model):
    """A named set of permissions."""

    __tablename__ = "roles"

    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(100), unique=True, nullable=False)
    description = db.Column(db.Text)
    is_system = db.Column(db.Boolean, nullable=False, default=False)
    permissions = db.relationship(Permission, secondary=role_permissions)

    def __str__(self) -> str:
        return str(self.name)


class User(UserMixin, db.Model):
    """Somebody who can sign in."""

    __tablename__ = "users"

    id = db.Column(db.Integer, primary_key=True)
    username = db.Column(db.String(255), unique=True, nullable=False)
    email = db.Column(db.String(255), unique=True, nullable=False)
    password_hash = db.Column(db.String(255), nullable=False)
    full_name = db.Column(db.String(255))
    bio = db.Column(db.Text)
    is_active = db.Column(db.Boolean, nullable=False, default=True)
    is_verified = db.Column(db.Boolean, nullable=False, default=False)
    created_at = db.Column(db.DateTime(timezone=True), nullable=False)
    updated_at = db.Column(db.DateTime(timezone=True), nullable=False)
    roles = db.relationship(Role, secondary=user_roles)


class Setting(db.Model):
    """One application setting."""

    __tablename__ = "application_settings"

    id = db.Column(db.Integer, primary_key=True)
    key = db.Column(db.String(255), unique=True, nullable=False)
    value = db.Column(db.Text, nullable=False)
    data_type = db.Column(db.String(50), nullable=False)
    description = db.Column(db.Text)
    is_mutable = db.Column(db.Boolean, nullable=False, default=True)
    category = db.Column(db.String(100))


class SignInForm(SecureForm):
    """The user who signs in."""

    username = StringField()
    password = PasswordField()


@login.user_loader
def load(user_id: str) -> User | None:
    """Read who is asking."""
    return db.session.get(User, int(user_id))


@app.route("/login", methods=["GET", "POST"])
def sign_in() -> str | Response:
    """Let those in who know their password."""
    form = SignInForm(request.form)
    if request.method == "POST" and form.validate():
        user = db.session.scalar(db.select(User).filter_by(username=form.username.data))
        if user and check_password_hash(user.password_hash, form.password.data):
            login_user(user)
            return redirect(url_for("admin.index"))
    return render_template_string(SIGN_IN, form=form)


class ForAdministrators:
    """Lets administrators in, and sends others to the sign-in page."""

    form_base_class = SecureForm

    def is_accessible(self) -> bool:
        """Tell whether who is asking may see the page."""
        is_known = current_user.is_authenticated
        return is_known and any(role.name == "admin" for role in current_user.roles)

    def inaccessible_callback(self, _name: str, **_options: Any) -> Response:
        """Send somebody else away."""
        return redirect(url_for("sign_in"))


class Home(ForAdministrators, AdminIndexView):
    """The first page."""


class UserView(ForAdministrators, ModelView):
    """Users with their roles."""

    page_size = 50
    column_list = ("username", "email", "full_name", "is_active", "is_verified", "roles")
    column_searchable_list = ("username", "email")
    column_default_sort = "id"
    form_columns = (
        *("username", "email", "full_name", "bio"),
        *("is_active", "is_verified", "roles"),
    )


class RoleView(ForAdministrators, ModelView):
    """Roles, or permissions."""


class SettingView(ForAdministrators, ModelView):
    """Settings, all on one page."""

    page_size = 500
    column_list = ("key", "value", "data_type", "description", "is_mutable", "category")
    column_searchable_list = ("key",)


admin = Admin(app, name="bench", theme=Bootstrap4Theme(), index_view=Home())
admin.add_view(UserView(User, db, endpoint="user"))
admin.add_view(RoleView(Role, db, endpoint="role"))
admin.add_view(RoleView(Permission, db, endpoint="permission"))
admin.add_view(SettingView(Setting, db, endpoint="setting"))
