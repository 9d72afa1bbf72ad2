"""What helps to use the console."""

from flask import Blueprint, render_template

from app.web.access import signed_in

blueprint = Blueprint("help", __name__, url_prefix="/help")


@blueprint.get("/keys")
@signed_in
def keys() -> str:
    """Show which keys do what; the script shows the same as a dialog."""
    return render_template("help/keys.html")
