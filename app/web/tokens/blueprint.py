"""The blueprint of the tokens of all users."""

from flask import Blueprint

blueprint = Blueprint("tokens", __name__, url_prefix="/tokens")
