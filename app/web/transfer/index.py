"""The page that leads to export, import and comparison."""

from flask import render_template

from app.web.access import signed_in
from app.web.transfer.blueprint import blueprint


@blueprint.get("")
@signed_in
def index() -> str:
    """Show what can be exported, imported and compared."""
    return render_template("transfer/index.html")
