"""A thin door to ``flask db``: ``python migrate.py upgrade head``."""

from flask.cli import ScriptInfo

from app import create_app
from app.cli.db import db

if __name__ == "__main__":
    db.main(prog_name="migrate.py", obj=ScriptInfo(create_app=create_app))
