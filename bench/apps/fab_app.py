"""A peer: Flask-AppBuilder with its own pages for users, and one of its views for settings.

With BENCH_INIT the tables are made, and the operator.
"""

import os

from flask import Flask
from flask_appbuilder import AppBuilder, Model, ModelView
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.utils.legacy import get_sqla_class
from sqlalchemy import Boolean, Column, Integer, String, Text

app = Flask(__name__)
app.config.update(
    SECRET_KEY="bench-secret-bench-secret-bench-secret",
    SQLALCHEMY_DATABASE_URI=os.environ["BENCH_DSN"].replace("postgresql:", "postgresql+psycopg:"),
    CSRF_ENABLED=True,
    AUTH_TYPE=1,
    # They would measure themselves.
    AUTH_RATE_LIMITED=False,
    RATELIMIT_ENABLED=False,
    FAB_ADD_SECURITY_PERMISSION_VIEW=True,
)


class Setting(Model):
    """One application setting."""

    __tablename__ = "application_settings"

    id = Column(Integer, primary_key=True)
    key = Column(String(255), unique=True, nullable=False)
    value = Column(Text, nullable=False)
    data_type = Column(String(50), nullable=False)
    description = Column(Text)
    is_mutable = Column(Boolean, nullable=False, default=True)
    category = Column(String(100))


class SettingView(ModelView):
    """The settings, all on one page."""

    datamodel = SQLAInterface(Setting)
    route_base = "/settings"
    list_columns = ("key", "value", "data_type", "description", "is_mutable", "category")
    page_size = 500
    max_page_size = 1000


def add_operator() -> None:
    """Make the tables, and the operator if there is none."""
    db.create_all()
    security = appbuilder.sm
    if not security.find_user("bench"):
        admin = security.find_role("Admin")
        address = "bench@example.org"
        security.add_user("bench", "Bench", "Admin", address, admin, "bench-pass-1")


db = get_sqla_class()()
db.init_app(app)
appbuilder = AppBuilder()
with app.app_context():
    appbuilder.init_app(app, db.session)
    appbuilder.add_view(SettingView, "Settings", category="Admin")
    if os.environ.get("BENCH_INIT"):
        add_operator()
    # Connections that were made here must not be shared by the workers.
    db.session.remove()
    db.engine.dispose()
