"""The page with the keyboard shortcuts."""

from flask import Blueprint, render_template

from app.web.access import signed_in

blueprint = Blueprint("help", __name__, url_prefix="/help")


@blueprint.get("/keys")
@signed_in
def keys() -> str:
    """Show the keyboard shortcuts; the script shows the same table as a dialog."""
    return render_template("help/keys.html")
